using System.Text.Json.Serialization;

namespace RfDetr.Tools;

/// <summary>Names of the measured stages, in the order in which an image meets them.</summary>
internal static class BenchmarkStages
{
    /// <summary>Encoded bytes to pixels. The bytes are in memory: no disk is measured.</summary>
    public const string Decode = "decode";

    /// <summary>Resize and normalize.</summary>
    public const string Preprocess = "preprocess";

    /// <summary>The network.</summary>
    public const string Run = "run";

    /// <summary>Selection, boxes, masks.</summary>
    public const string Postprocess = "postprocess";

    /// <summary>Masks, boxes and labels onto the image.</summary>
    public const string Draw = "draw";

    /// <summary>All of them, from the first to the last, measured as one.</summary>
    public const string EndToEnd = "end_to_end";

    /// <summary>All names.</summary>
    public static IReadOnlyList<string> All { get; } = [Decode, Preprocess, Run, Postprocess, Draw, EndToEnd];
}

/// <summary>Times of one stage.</summary>
/// <param name="Name">One of <see cref="BenchmarkStages"/>.</param>
/// <param name="Samples">Milliseconds of each call (of all its images), in the order in which the calls began.</param>
public sealed record StageSamples(string Name, double[] Samples)
{
    /// <summary>Statistics of the samples.</summary>
    public SampleStatistics Statistics => SampleStatistics.Of(Samples);
}

/// <summary>Calls of one batch size from one number of callers.</summary>
public sealed record BenchmarkSeries
{
    /// <summary>Images per call.</summary>
    public required int Batch { get; init; }

    /// <summary>Threads that called at the same time.</summary>
    public required int Callers { get; init; }

    /// <summary>
    /// From the first call's begin to the last one's end in seconds, pauses and measurements of the machine included.
    /// </summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Images per second of all callers together, over <see cref="Seconds"/> without the time that measuring the machine took.
    /// </summary>
    public required double ImagesPerSecond { get; init; }

    /// <summary>The stages and <see cref="BenchmarkStages.EndToEnd"/>; all have as many samples as there were calls.</summary>
    public required IReadOnlyList<StageSamples> Stages { get; init; }

    /// <summary>Managed bytes that an image took from bytes to results, on average; drawing does not count.</summary>
    public required double AllocatedBytesPerImage { get; init; }

    /// <summary>Garbage collections of generations 0, 1 and 2 during the series.</summary>
    public required IReadOnlyList<int> Collections { get; init; }

    /// <summary>Milliseconds during which the garbage collector held all threads.</summary>
    public required double CollectionPauseMs { get; init; }

    /// <summary>The machine meanwhile.</summary>
    public required MachineState Machine { get; init; }

    /// <summary>The samples of a stage; null if it was not measured.</summary>
    public StageSamples? Stage(string name) => Stages.FirstOrDefault(s => s.Name == name);
}

/// <summary>Steadiness of the machine during a series: what is not the model's doing.</summary>
public sealed record MachineState
{
    /// <summary>
    /// Milliseconds of a fixed loop of whole-number arithmetic, run between calls; empty with several callers, whom it would hold
    /// up.
    /// </summary>
    public required double[] SpinMs { get; init; }

    /// <summary>
    /// (p90 − p10) / p50 of <see cref="SpinMs"/>: differences of this size between runs mean little. Null without it.
    /// </summary>
    public double? NoiseFloor => SpinMs.Length < 3 ? null : Relative(SampleStatistics.Of(SpinMs));

    /// <summary>
    /// Median of the last third of <see cref="SpinMs"/> over that of the first: above 1, the processor became slower (heat,
    /// neighbors). Null without it.
    /// </summary>
    public double? SpinDrift => SampleStatistics.Drift(SpinMs);

    /// <summary>The same of the calls, end to end.</summary>
    public double? CallDrift { get; init; }

    /// <summary>Clock of the first core before and after, in MHz; null where the system does not tell.</summary>
    [JsonPropertyName("frequency_before_mhz")]
    public double? FrequencyBeforeMHz { get; init; }

    /// <inheritdoc cref="FrequencyBeforeMHz"/>
    [JsonPropertyName("frequency_after_mhz")]
    public double? FrequencyAfterMHz { get; init; }

    /// <summary>Number of times that this process lost its core to another; null where the system does not report it.</summary>
    public long? InvoluntarySwitches { get; init; }

    /// <summary>
    /// Part of the processor's time that others used (0..1), all cores together; null where the system does not tell.
    /// </summary>
    public double? OthersShare { get; init; }

    private static double? Relative(SampleStatistics s) => s.P50 > 0 ? (s.P90 - s.P10) / s.P50 : null;
}
