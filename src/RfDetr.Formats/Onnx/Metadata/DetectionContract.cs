namespace RfDetr.Onnx;

/// <summary>Roles of the inputs and outputs of a model, and the sizes that are known before a run.</summary>
internal sealed record DetectionContract
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

    /// <summary>Guesses that were made and outputs that are left over, a sentence each.</summary>
    internal IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>The file's own name of an output, see <see cref="OutputNames"/>.</summary>
    /// <exception cref="OnnxFormatException">The file has no such output.</exception>
    public string NameOf(string output) => Outputs.FirstOrDefault(o => o.Name == output).Value?.Name
        ?? throw new OnnxFormatException($"the model has no output '{output}'");

    /// <summary>Sizes per image; what the file leaves open is 0.</summary>
    public NetworkContract ToNetwork() => new()
    {
        Height = Height,
        Width = Width,
        Outputs = [.. Outputs.Select(o => new OutputSpec
        {
            Name = o.Name,
            Shape =
            [
                .. o.Value.Shape.Skip(1).Select((d, axis) =>
                    axis == 0 && Queries is { } queries ? queries : d.IsFixed ? checked((int)d.Size) : 0)
            ],
        })],
        FixedBatch = FixedBatch,
    };

    // A further head is a further line.
    private IEnumerable<(string Name, OnnxValueInfo Value)> Outputs
    {
        get
        {
            yield return (OutputNames.Boxes, Boxes);
            yield return (OutputNames.Logits, Logits);
            if (Masks is { } masks)
                yield return (OutputNames.Masks, masks);
        }
    }

    /// <summary>
    /// Finds the parts by name: the metadata's, else <c>dets</c>/<c>labels</c>/<c>masks</c>, else
    /// <c>pred_boxes</c>/<c>pred_logits</c>/<c>pred_masks</c>. Without metadata, masks under another name are found by their
    /// shape.
    /// </summary>
    /// <remarks>Boxes and logits never by shape: with three classes the logits are as wide as the boxes.</remarks>
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
