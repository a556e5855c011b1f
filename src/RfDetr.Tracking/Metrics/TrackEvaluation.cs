namespace RfDetr.Tracking;

/// <summary>Scores of a sequence.</summary>
/// <param name="Name">Name of the sequence.</param>
/// <param name="Frames">Number of the last frame in which the truth has an object.</param>
/// <param name="TrueIds">Number of true objects.</param>
/// <param name="ResultIds">Number of predicted objects.</param>
/// <param name="Scores">The scores.</param>
public sealed record SequenceScores(string Name, int Frames, int TrueIds, int ResultIds, TrackingScores Scores);

/// <summary>Scores of MOTChallenge files.</summary>
/// <param name="Sequences">Each sequence by itself, by name.</param>
/// <param name="Together">All sequences together, with their counts added up.</param>
public sealed record TrackEvaluation(IReadOnlyList<SequenceScores> Sequences, TrackingScores Together)
{
    /// <summary>Compares result files with the truth.</summary>
    /// <param name="truth">
    /// A file, or a folder of sequences: <c>NAME.txt</c>, or MOTChallenge's <c>NAME/gt/gt.txt</c>.
    /// </param>
    /// <param name="result">
    /// A file where <paramref name="truth"/> is one, otherwise a folder with a <c>NAME.txt</c> for each sequence.
    /// </param>
    /// <param name="progress">Receives the name of each sequence before it is read.</param>
    /// <exception cref="MotFormatException">A file is missing, malformed, or too large to be compared.</exception>
    public static TrackEvaluation Run(string truth, string result, IProgress<string>? progress = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(truth);
        ArgumentException.ThrowIfNullOrWhiteSpace(result);
        var all = new TrackingMetrics();
        var sequences = new List<SequenceScores>();
        foreach ((string name, string trueFile, string resultFile) in Pairs(truth, result))
        {
            progress?.Report(name);
            (IReadOnlyList<MotEntry> expected, IReadOnlyList<MotEntry> found) =
                (MotFile.Read(trueFile), MotFile.Read(resultFile));
            try
            {
                all.Add(expected, found);
                MotEntry[] counted = [.. expected.Where(e => e.Score != 0)];
                sequences.Add(new SequenceScores(
                    name,
                    counted.Select(e => e.Frame).DefaultIfEmpty().Max(),
                    counted.DistinctBy(e => e.Id).Count(),
                    found.DistinctBy(e => e.Id).Count(),
                    TrackingMetrics.Of(expected, found)));
            }
            catch (ArgumentException e)
            {
                throw new MotFormatException($"'{resultFile}': {e.Message}", e);
            }
        }

        return new TrackEvaluation(sequences, all.Scores());
    }

    private static IReadOnlyList<(string Name, string Truth, string Result)> Pairs(string truth, string result)
    {
        if (File.Exists(truth))
        {
            return File.Exists(result)
                ? [(Path.GetFileNameWithoutExtension(result), truth, result)]
                : throw new MotFormatException(
                    $"'{result}' is no file, but the truth '{truth}' is one; give two files or two folders.");
        }

        if (!Directory.Exists(truth))
            throw new MotFormatException($"'{truth}' is neither a file nor a folder.");
        if (!Directory.Exists(result))
            throw new MotFormatException(
                $"'{result}' is no folder, but the truth '{truth}' is one; give two files or two folders.");
        (string Name, string File)[] found =
        [
            .. Directory.EnumerateFiles(truth, "*.txt").Select(f => (Path.GetFileNameWithoutExtension(f), f)),
            .. Directory.EnumerateDirectories(truth)
                .Select(d => (Path.GetFileName(d), Path.Combine(d, "gt", "gt.txt"))).Where(p => File.Exists(p.Item2)),
        ];
        if (found.Length == 0)
            throw new MotFormatException($"The folder '{truth}' holds no sequences; expected NAME.txt or NAME/gt/gt.txt.");
        string[] missing = [.. found.Select(s => Path.Combine(result, s.Name + ".txt"))
            .Where(f => !File.Exists(f)).Order(StringComparer.Ordinal)];
        return missing.Length == 0
            ? [.. found.OrderBy(s => s.Name, StringComparer.Ordinal)
                .Select(s => (s.Name, s.File, Path.Combine(result, s.Name + ".txt")))]
            : throw new MotFormatException(
                $"The result '{missing[0]}' is missing{(missing.Length > 1 ? $", and {missing.Length - 1} more" : "")}.");
    }
}
