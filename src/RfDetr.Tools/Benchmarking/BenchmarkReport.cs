using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>
/// Measurements of a <see cref="Benchmark"/>, with everything needed to judge and to repeat them. Raw samples included, so that
/// two reports can be compared.
/// </summary>
public sealed record BenchmarkReport
{
    /// <summary>The version of the layout that this code writes and reads.</summary>
    public const int CurrentSchema = 1;

    /// <summary>Version of the layout.</summary>
    public required int SchemaVersion { get; init; }

    /// <summary>When the measurement ended, UTC.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>Machine and software.</summary>
    public required BenchmarkEnvironment Environment { get; init; }

    /// <summary>The model that was measured.</summary>
    public required BenchmarkModel Model { get; init; }

    /// <summary>The images that it was shown.</summary>
    public required BenchmarkImages Images { get; init; }

    /// <summary>Conditions of the measurement.</summary>
    public required BenchmarkOptions Options { get; init; }

    /// <summary>From the model's name to a detector that is ready, in milliseconds.</summary>
    public required double LoadMs { get; init; }

    /// <summary>The very first call, with compilation of code and allocation of buffers, in milliseconds.</summary>
    public required double FirstCallMs { get; init; }

    /// <summary>Memory of the process.</summary>
    public required BenchmarkMemory Memory { get; init; }

    /// <summary>One for each batch size and number of callers.</summary>
    public required IReadOnlyList<BenchmarkSeries> Series { get; init; }

    /// <summary>Accuracy of the same model on a data set; null if none was given.</summary>
    public BenchmarkAccuracy? Accuracy { get; init; }

    /// <summary>Record of how engine, threads and spinning were chosen; null if they were not chosen by measuring.</summary>
    public OptimizationReport? Optimization { get; init; }
}

/// <summary>The measured model.</summary>
public sealed record BenchmarkModel
{
    /// <summary>Name by which it was asked for.</summary>
    public required string Name { get; init; }

    /// <summary>Variant, e.g. <c>nano</c>.</summary>
    public required string Variant { get; init; }

    /// <summary>
    /// SHA-256 of the file (and of the weights beside it, where an ONNX file has such), lower-case hexadecimal; null for
    /// <c>demo</c>.
    /// </summary>
    public string? Sha256 { get; init; }

    /// <summary>Size of the file or files in bytes; 0 for <c>demo</c>.</summary>
    public required long Bytes { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>True for instance segmentation.</summary>
    public required bool HasMasks { get; init; }

    /// <summary>Rule by which images are resized.</summary>
    public required string ResizeRule { get; init; }

    /// <summary>Candidates kept before the threshold.</summary>
    public required int NumSelect { get; init; }

    /// <summary>Precision asked for; an ONNX file has its own.</summary>
    public required string Precision { get; init; }
}

/// <summary>The images that were shown, in turn.</summary>
/// <param name="Count">Number of images.</param>
/// <param name="Bytes">Their encoded size together.</param>
/// <param name="Sha256">
/// SHA-256 over the SHA-256 of each file's bytes in order: names and places do not matter, contents and order do.
/// </param>
/// <param name="Source">Source of the images, for people.</param>
public sealed record BenchmarkImages(int Count, long Bytes, string Sha256, string Source);

/// <summary>Memory of the process in bytes; 0 where the system does not tell.</summary>
/// <param name="BeforeLoad">Resident before the model was loaded.</param>
/// <param name="AfterLoad">Resident when it was loaded.</param>
/// <param name="Peak">The most ever resident (Linux: VmHWM).</param>
public sealed record BenchmarkMemory(long BeforeLoad, long AfterLoad, long Peak);

/// <summary>Quality beside speed: COCO average precision, 0..1.</summary>
/// <param name="DataSet">Name of the data set, for people.</param>
/// <param name="Images">Number of images.</param>
/// <param name="BoxAp">AP of boxes over IoU 0.50–0.95.</param>
/// <param name="BoxAp50">AP of boxes at IoU 0.50.</param>
/// <param name="MaskAp">AP of masks over IoU 0.50–0.95; null without masks.</param>
/// <param name="MaskAp50">AP of masks at IoU 0.50; null without masks.</param>
public sealed record BenchmarkAccuracy(string DataSet, int Images, double BoxAp, double BoxAp50, double? MaskAp, double? MaskAp50)
{
    /// <summary>The numbers of an evaluation that a benchmark shows.</summary>
    /// <param name="dataSet">The data, for people.</param>
    /// <param name="evaluation">The evaluation.</param>
    public static BenchmarkAccuracy Of(string dataSet, DetectorEvaluation evaluation)
    {
        ArgumentNullException.ThrowIfNull(evaluation);
        CocoMetrics boxes = evaluation.Summary.Boxes.Metrics;
        CocoMetrics? masks = evaluation.Summary.Masks?.Metrics;
        return new(
            dataSet, evaluation.Images.Count, boxes.AveragePrecision(), boxes.AveragePrecision(iou: .5),
            masks?.AveragePrecision(), masks?.AveragePrecision(iou: .5));
    }
}
