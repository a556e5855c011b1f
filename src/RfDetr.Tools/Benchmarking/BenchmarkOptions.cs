using System.Text.Json.Serialization;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>
/// Conditions under which a model is measured. Part of the report: runs measured in another way are not compared.
/// </summary>
public sealed record BenchmarkOptions
{
    /// <summary>The most calls of one series; its sample arrays are made before the first.</summary>
    public const int MostCalls = 100_000;

    /// <summary>Images per call; each size is a series of its own. 1..1024.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1];

    /// <summary>Threads that call the one detector at the same time; each number is a series of its own. 1..256.</summary>
    public IReadOnlyList<int> Callers { get; init; } = [1];

    /// <summary>Calls before the first that counts, of each caller; 0..10,000.</summary>
    public int Warmup { get; init; } = 5;

    /// <summary>Calls that count, of all callers together; 3..<see cref="MostCalls"/>.</summary>
    public int Runs { get; init; } = 100;

    /// <summary>
    /// Ends a series after so many seconds, with <see cref="MostCalls"/> calls in place of <see cref="Runs"/> as its limit; null:
    /// by <see cref="Runs"/>.
    /// </summary>
    public double? Seconds { get; init; }

    /// <summary>Rest between two calls of a caller in milliseconds, as a camera leaves it; 0..60,000.</summary>
    public int PauseMs { get; init; }

    /// <summary>True if results are drawn onto the images, as a stage of its own.</summary>
    public bool Draw { get; init; } = true;

    /// <summary>Only scores above it are kept; what is kept must be decoded and drawn. 0..1.</summary>
    public float ScoreThreshold { get; init; } = 0.5f;

    /// <summary>Calls that a series may make.</summary>
    [JsonIgnore]
    internal int CallLimit => Seconds is null ? Runs : MostCalls;

    internal void Validate()
    {
        var wrong = new List<string>();
        Check(Batches, 1024, nameof(Batches), wrong);
        Check(Callers, 256, nameof(Callers), wrong);
        if (Warmup is < 0 or > 10_000)
            wrong.Add(Text($"{nameof(Warmup)} is {Warmup}, expected 0..10000"));
        if (Runs is < 3 or > MostCalls)
            wrong.Add(Text($"{nameof(Runs)} is {Runs}, expected 3..{MostCalls}"));
        if (Seconds is { } seconds && !(seconds is > 0 and <= 86_400))
            wrong.Add(Text($"{nameof(Seconds)} is {seconds}, expected more than 0 and at most 86400"));
        if (PauseMs is < 0 or > 60_000)
            wrong.Add(Text($"{nameof(PauseMs)} is {PauseMs}, expected 0..60000"));
        if (!(ScoreThreshold is >= 0 and <= 1))
            wrong.Add(Text($"{nameof(ScoreThreshold)} is {ScoreThreshold}, expected 0..1"));
        if (wrong.Count > 0)
            throw new ArgumentException("benchmark options: " + string.Join("; ", wrong));
    }

    private static void Check(IReadOnlyList<int>? values, int most, string name, List<string> wrong)
    {
        if (values is null or { Count: 0 } || values.Any(v => v < 1 || v > most) || values.Distinct().Count() != values.Count)
            wrong.Add(
                Text(
                    $"{name} is {(values is null ? "missing" : string.Join(',', values))}, expected different whole "
                        + $"numbers from 1 to {most}"));
    }
}
