namespace RfDetr;

/// <summary>Identity and meaning of a loaded model: classes, heads, input, license.</summary>
public sealed record ModelInfo
{
    /// <summary>Name by which it was asked for, or the file's name.</summary>
    public required string Name { get; init; }

    /// <summary>Variant, e.g. <c>nano</c>; <c>custom</c> for other shapes; <c>unknown</c> for foreign ONNX files.</summary>
    public required string Variant { get; init; }

    /// <summary>Meaning of each logit.</summary>
    public required ClassMap Classes { get; init; }

    /// <summary>Input height in pixels.</summary>
    public required int InputHeight { get; init; }

    /// <summary>Input width in pixels.</summary>
    public required int InputWidth { get; init; }

    /// <summary>Heads of the model: its findings about each object; boxes come first.</summary>
    public required IReadOnlyList<Head> Heads { get; init; }

    /// <summary>The task as rf-detr's metadata names it: <c>detect</c>, <c>segment</c>.</summary>
    public string Task => Heads[^1].Task;

    /// <summary>Candidates kept before any filter.</summary>
    public required int NumSelect { get; init; }

    /// <summary>Rule by which images are resized.</summary>
    public required ResizeRule ResizeRule { get; init; }

    /// <summary>Normalization of pixels.</summary>
    public required Normalization Normalization { get; init; }

    /// <summary>
    /// The products that run in int8 and what that costs, as stored with the weights or asked for; null: none. Our own engine
    /// follows it.
    /// </summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>License of the weights, where known.</summary>
    public string? License { get; init; }

    /// <summary>
    /// The score threshold, 0..1, with which the weights had their best macro F1 when they were evaluated after training; null if
    /// the file does not say.
    /// </summary>
    public double? BestThreshold { get; init; }

    /// <summary>Name of the engine that runs the model.</summary>
    public string Engine { get; init; } = "";

    /// <summary>Contradictions in the file that were settled, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>True if the model has a head.</summary>
    public bool Has(Head head) => Heads.Contains(head);
}
