namespace RfDetr.Tools;

/// <summary>Changes when one model takes the place of another: objects lost and new, scores and boxes that shift.</summary>
/// <param name="A">The model that was.</param>
/// <param name="B">The model that shall be.</param>
/// <param name="Options">When the two agree.</param>
/// <param name="Images">Those that could be read, the most different first; equals by name.</param>
/// <param name="Failures">Images that could not be read, with the reason.</param>
public sealed record ModelDiff(
    ModelInfo A, ModelInfo B, DiffOptions Options, IReadOnlyList<ImageDiff> Images,
    IReadOnlyList<(string File, Exception Error)> Failures)
{
    /// <summary>Sums over all classes.</summary>
    public ClassDiff Total => ClassDiff.Of("all", Images, _ => true);

    /// <summary>Sums of each class that occurs, most differences first.</summary>
    public IReadOnlyList<ClassDiff> Classes =>
    [
        .. Images.SelectMany(p => p.Matched.Select(m => m.A).Concat(p.Lost.Concat(p.New).Select(u => u.Found)))
            .Select(d => d.ClassName).Distinct(StringComparer.OrdinalIgnoreCase)
            .Select(name => ClassDiff.Of(name, Images, d => d.ClassName.Equals(name, StringComparison.OrdinalIgnoreCase)))
            .OrderByDescending(c => c.Lost + c.New).ThenByDescending(c => c.Matched).ThenBy(c => c.Name, StringComparer.Ordinal),
    ];

    /// <summary>Classes that only one of the models has.</summary>
    public IReadOnlyList<string> Warnings
    {
        get
        {
            string[] a = [.. A.Classes.Entries.Select(e => e.Name)], b = [.. B.Classes.Entries.Select(e => e.Name)];
            return [.. Only("A", a, b), .. Only("B", b, a)];
        }
    }

    /// <summary>Shows both models the same images. An image that cannot be read is noted, and the others are done.</summary>
    /// <param name="a">The model that was.</param>
    /// <param name="b">The model that shall be.</param>
    /// <param name="files">Image files.</param>
    /// <param name="options">Null for the defaults.</param>
    /// <param name="progress">Told the number of images done.</param>
    /// <param name="cancellationToken">Ends the work.</param>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    public static ModelDiff Run(
        Detector a, Detector b, IReadOnlyList<string> files, DiffOptions? options = null, IProgress<int>? progress = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(files);
        options ??= new DiffOptions();
        options.Validate();
        var detect = new DetectOptions { ScoreThreshold = Math.Max(0, options.ScoreThreshold - options.BelowMargin) };
        var images = new List<ImageDiff>();
        var failures = new List<(string, Exception)>();
        foreach (string file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using Image image = Image.Load(file);
                images.Add(
                    DetectionMatcher.Match(
                        file, a.Detect(image, detect, cancellationToken), b.Detect(image, detect, cancellationToken), options));
            }
            catch (Exception e) when (e is ImageContentException or IOException or UnauthorizedAccessException)
            {
                failures.Add((file, e));
            }

            progress?.Report(images.Count + failures.Count);
        }

        images.Sort((p, q) =>
            q.Severity.CompareTo(p.Severity) is not 0 and var order ? order : string.CompareOrdinal(p.File, q.File));
        return new(a.Model, b.Model, options, images, failures);
    }

    private static IEnumerable<string> Only(string side, string[] own, string[] other)
    {
        string[] only = [.. own.Except(other, StringComparer.OrdinalIgnoreCase)];
        return only.Length == 0
            ? []
            : [
                $"{only.Length} of {own.Length} classes are only in {side}, all their objects count as "
                    + $"{(side == "A" ? "lost" : "new")}: {string.Join(", ", only.Take(10))}{(only.Length > 10 ? ", …" : "")}"
            ];
    }
}
