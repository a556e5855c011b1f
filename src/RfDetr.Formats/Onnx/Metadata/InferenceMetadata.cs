using System.Text.Json.Serialization;

namespace RfDetr.Onnx;

/// <summary>
/// Instructions for using an exported network: what goes in, how pixels become that, what comes out and what it means. Field for
/// field the contract that rf-detr 1.12 writes (JSON names in snake_case); its reader refuses files with other fields, so what we
/// have to add is kept apart in <see cref="ArtifactNotes"/>.
/// </summary>
/// <remarks>Source: rf-detr 1.12, rfdetr/export/_runtime/metadata.py, class ExportMetadata, schema version 1.</remarks>
internal sealed record InferenceMetadata
{
    /// <summary>Key in an ONNX file's metadata_props.</summary>
    public const string Key = "rfdetr_inference";

    /// <summary>Key of a user's own notes in metadata_props.</summary>
    public const string UserNotesKey = "rfdetr_notes";

    /// <summary>Version of this contract; 1 is the only one so far.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>Version of the program that exported; null if unknown.</summary>
    public string? ProducerVersion { get; init; }

    /// <summary>Kind of file: <c>onnx</c>, <c>tensorrt</c>, <c>openvino</c>, …</summary>
    public required string Format { get; init; }

    /// <summary><c>detect</c>, <c>segment</c>, <c>keypoints</c> or <c>backbone</c>.</summary>
    public required string Task { get; init; }

    /// <summary>Variant, e.g. <c>nano</c>; null if unknown.</summary>
    public string? Variant { get; init; }

    /// <summary>Exporter, where there are several; null if unknown.</summary>
    public string? Backend { get; init; }

    /// <summary>N, C, H, W (in this order whatever the layout); N is −1 if it may vary.</summary>
    public required IReadOnlyList<int> InputShape { get; init; }

    /// <summary><c>NCHW</c> or <c>NHWC</c>.</summary>
    public string InputLayout { get; init; } = "NCHW";

    /// <summary>Element type of the input.</summary>
    public string InputDtype { get; init; } = "float32";

    /// <summary>Name of the input; formats without names have its position.</summary>
    [JsonConverter(typeof(NameOrIndexConverter))]
    public string InputName { get; init; } = "input";

    /// <summary>Largest batch where N may vary but is bounded; else null.</summary>
    public int? MaxBatchSize { get; init; }

    /// <summary>
    /// Meaning of an output (<c>pred_boxes</c>, <c>pred_logits</c>, <c>pred_masks</c>, <c>pred_keypoints</c>) → its name.
    /// </summary>
    [JsonConverter(typeof(OutputMapConverter))]
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }

    /// <summary>Subtracted from each channel after scaling to 0..1.</summary>
    public required IReadOnlyList<double> Means { get; init; }

    /// <summary>Each channel is then divided by this; above 0.</summary>
    public required IReadOnlyList<double> Stds { get; init; }

    /// <summary>Factor from stored pixel values to 0..1.</summary>
    public double PixelScale { get; init; } = 1.0 / 255.0;

    /// <summary>Order of the input's channels; always <c>RGB</c> so far.</summary>
    public string ChannelOrder { get; init; } = "RGB";

    /// <summary>Kernel of the resize; always <c>bilinear</c> so far.</summary>
    public string ResizeInterpolation { get; init; } = "bilinear";

    /// <summary>True if the kernel widens when it shrinks; rf-detr 1.12 knows only false, 1.4.1 predicted with true.</summary>
    public bool ResizeAntialias { get; init; }

    /// <summary>Names of the real classes, in the order of training.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>Logit index → class name.</summary>
    public IReadOnlyDictionary<int, string> ClassIdToName { get; init; } = new Dictionary<int, string>();

    /// <summary>Number of logits per query (COCO: 91 with its holes).</summary>
    public required int NumClasses { get; init; }

    /// <summary>Most detections per image.</summary>
    public required int NumSelect { get; init; }

    /// <summary>Rule by which detections are chosen; <c>all_logits</c>: the best over all queries and classes together.</summary>
    public string SelectionPolicy { get; init; } = "all_logits";

    /// <summary>Format of the box output; always <c>cxcywh_normalized</c> so far.</summary>
    public string BoxFormat { get; init; } = "cxcywh_normalized";

    /// <summary>Keypoints of each class, for that task.</summary>
    public IReadOnlyList<int> NumKeypointsPerClass { get; init; } = [];

    /// <summary>Weight of the keypoints' uncertainty in their scores; at least 0, used by that task only.</summary>
    public required double TraceAlpha { get; init; }

    /// <summary>True if masks are meant to be scaled to the image's size.</summary>
    public bool UpsampleMasksToImageSize { get; init; } = true;

    /// <summary>Patch size in pixels.</summary>
    public required int PatchSize { get; init; }

    /// <summary>Windows per side.</summary>
    public required int NumWindows { get; init; }
}
