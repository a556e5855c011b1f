namespace RfDetr.Onnx;

/// <summary>Roles of the inputs and outputs of a model, and the sizes that are known before a run.</summary>
public sealed record DetectionContract
{
    /// <summary>Images, normalized: N × C × H × W.</summary>
    public required OnnxValueInfo Input { get; init; }

    /// <summary>Boxes: N × Q × 4, center x, center y, width, height in 0..1.</summary>
    public required OnnxValueInfo Boxes { get; init; }

    /// <summary>Class logits: N × Q × C.</summary>
    public required OnnxValueInfo Logits { get; init; }

    /// <summary>Mask logits: N × Q × H/4 × W/4; null for pure detectors.</summary>
    public OnnxValueInfo? Masks { get; init; }

    /// <summary>Images per run if the file fixes that (rf-detr before 1.7 always does); null: any number.</summary>
    public int? FixedBatch { get; init; }

    /// <summary>Input channels.</summary>
    public required int Channels { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>Queries Q; null if the file leaves it open.</summary>
    public int? Queries { get; init; }

    /// <summary>Logits C per query; null if the file leaves it open.</summary>
    public int? Classes { get; init; }

    /// <summary>
    /// Finds the parts by name: the metadata's, else <c>dets</c>/<c>labels</c>/<c>masks</c>, else
    /// <c>pred_boxes</c>/<c>pred_logits</c>/<c>pred_masks</c>.
    /// </summary>
    /// <remarks>Never by shape: with three classes the logits are as wide as the boxes.</remarks>
    /// <param name="inputs">Inputs of the model.</param>
    /// <param name="outputs">Outputs of the model.</param>
    /// <param name="metadata">The model's contract; null for files without.</param>
    /// <exception cref="OnnxFormatException">
    /// A part is missing or has an impossible shape; the message says what is there.
    /// </exception>
    public static DetectionContract Of(
        IReadOnlyList<OnnxValueInfo> inputs, IReadOnlyList<OnnxValueInfo> outputs, InferenceMetadata? metadata = null) =>
        new ContractFinder(inputs, outputs, metadata).Find();
}
