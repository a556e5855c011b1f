namespace RfDetr.Onnx;

/// <summary>Our record about an exported file beyond rf-detr's own contract, under a key of its own.</summary>
internal sealed record ArtifactNotes
{
    /// <summary>Key in an ONNX file's metadata_props.</summary>
    public const string Key = "rfdetr_dotnet";

    /// <summary>License of the weights, e.g. <c>Apache-2.0</c>; null if unknown.</summary>
    public string? WeightsLicense { get; init; }

    /// <summary>
    /// SHA-256 of the checkpoint that was exported, lower-case hexadecimal; null if it did not come from a file.
    /// </summary>
    public string? WeightsSha256 { get; init; }

    /// <summary>Number type of the heavy products: <c>float32</c>, <c>float16</c>, <c>int8</c>.</summary>
    public string? Precision { get; init; }

    /// <summary>The label that each logit which stands for a class is reported as, so that nobody has to guess offsets.</summary>
    public IReadOnlyList<EmittedLabel> EmittedLabels { get; init; } = [];
}

/// <summary>The way of one class from data set to result.</summary>
/// <param name="Logit">Index in the network's last dimension.</param>
/// <param name="ClassId">The id that results carry.</param>
/// <param name="Name">Its name.</param>
/// <param name="DatasetId">The id in the annotations of the data set; null if unknown.</param>
internal sealed record EmittedLabel(int Logit, int ClassId, string Name, int? DatasetId = null);
