using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RfDetr.Data;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>
/// Facts that the processes of a run must have in common before the first step: options, data, weights and progress. Processes
/// that differ would train something else than either was asked for, or wait for each other in vain.
/// </summary>
internal static class RankAgreement
{
    // Places and speed may differ from machine to machine; what lies in the places is compared by its content.
    private static readonly string[] s_own =
        ["model", "dataset_dir", "output_dir", "follow_links", "device", "threads", "num_workers", "tensorboard", "report"];

    /// <summary>Keys of the options that each machine may have its own value of.</summary>
    internal static IReadOnlyCollection<string> OwnOptions => s_own;

    /// <summary>Everything that must be the same.</summary>
    /// <param name="setup">Options and data.</param>
    /// <param name="status">Progress of the run that goes on.</param>
    /// <param name="parameters">The weights, by name.</param>
    public static IReadOnlyList<RankFact> Facts(
        RunSetup setup, RunStatus status, IReadOnlyDictionary<string, TorchTensor> parameters) =>
    [
        new(
            "the progress of the run",
            Invariant.Text($"{status.Steps} steps, epoch {status.Epoch + 1}, step {status.StepInEpoch}"),
            "all processes must see the same run folder: put --output on storage that all machines share, or copy "
                + "checkpoint.pth to each"),
        .. TrainOptions.Table.All.Where(o => !s_own.Contains(o.Key)).Select(o => new RankFact(
            $"option {o.Key}", o.Text(setup.Options) is { Length: > 0 } text ? text : "none",
            "start all processes with the same options")),
        .. Of(setup.Train), .. setup.Valid is null ? [] : Of(setup.Valid),
        new(
            "the weights to begin with", Weights(parameters),
            "all machines must have the same model file (--model), or the same run folder to resume"),
    ];

    private static IEnumerable<RankFact> Of(DataSplit split) =>
    [
        new(
            $"the data of split '{split.Name}'",
            Invariant.Text(
                $"{split.Images.Count} images, {split.Images.Sum(i => i.Objects.Count)} objects, digest {Digest(split)}"),
            "all machines must have the same images and annotations, in files of the same names"),
    ];

    /// <summary>Digest of names, sizes and annotations, in their order; the pixels are not read.</summary>
    internal static string Digest(DataSplit split)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (DataClass c in split.Classes)
            Add(hash, $"{c.Index} {c.Name}");
        foreach (LabeledImage image in split.Images)
        {
            Add(hash, Invariant.Text($"{image.Name} {image.Id} {image.Width} {image.Height} {image.Objects.Count}"));
            foreach (LabeledObject o in image.Objects)
                Add(
                    hash,
                    Invariant.Text(
                        $"{o.ClassIndex} {o.Box.X:R} {o.Box.Y:R} {o.Box.Width:R} {o.Box.Height:R} {o.Area:R} {o.IsCrowd} "
                            + $"{o.Segmentation is not null}"));
        }

        return Short(hash);
    }

    private static string Weights(IReadOnlyDictionary<string, TorchTensor> parameters)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach ((string name, TorchTensor value) in parameters.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            Add(hash, $"{name} {string.Join(',', value.Shape)}");
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(HostCopies.Of(value).ToSingles()));
        }

        return Invariant.Text($"{parameters.Values.Sum(p => p.Count)} numbers, digest {Short(hash)}");
    }

    private static void Add(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        var length = new byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }

    private static string Short(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8));
}

/// <summary>Something that all processes of a run must have in common.</summary>
/// <param name="Name">Noun phrase.</param>
/// <param name="Value">This process's value.</param>
/// <param name="Cure">What to do if another one differs.</param>
internal sealed record RankFact(string Name, string Value, string Cure)
{
    private const char Between = '\n';

    /// <summary>The values of all facts as one text.</summary>
    public static string Join(IReadOnlyList<RankFact> facts) =>
        string.Join(Between, facts.Select(f => $"{f.Name}\t{f.Value.ReplaceLineEndings(" ")}"));

    /// <summary>The first fact in which a process differs from rank 0, as a sentence; null if all agree.</summary>
    /// <param name="facts">This process's facts, which give the cures.</param>
    /// <param name="all">The texts of all processes, by rank.</param>
    public static string? Difference(IReadOnlyList<RankFact> facts, IReadOnlyList<string> all)
    {
        Dictionary<string, string>[] values = [.. all.Select(Read)];
        foreach (string name in values.SelectMany(v => v.Keys).Distinct())
        {
            for (int rank = 1; rank < values.Length; rank++)
            {
                string first = values[0].GetValueOrDefault(name, "none"), other = values[rank].GetValueOrDefault(name, "none");
                if (first != other)
                {
                    string cure = facts.FirstOrDefault(f => f.Name == name)?.Cure ?? "start all processes alike";
                    return Invariant.Text(
                        $"the processes of the run do not agree on {name}: rank 0 has {first}, rank {rank} has {other}; {cure}");
                }
            }
        }

        return null;
    }

    private static Dictionary<string, string> Read(string text)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in text.Split(Between))
        {
            string[] parts = line.Split('\t', 2);
            values[parts[0]] = parts.Length > 1 ? parts[1] : "";
        }

        return values;
    }
}
