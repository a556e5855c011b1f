namespace RfDetr.Onnx;

/// <summary>One dimension of an input or output.</summary>
/// <param name="Size">Number of elements; −1 if it differs from run to run.</param>
/// <param name="Symbol">The name of a variable dimension, e.g. <c>batch</c>; null if it has none or is fixed.</param>
public readonly record struct OnnxDimension(long Size, string? Symbol = null)
{
    /// <summary>True if the size is the same in every run.</summary>
    public bool IsFixed => Size >= 0;

    /// <inheritdoc/>
    public override string ToString() =>
        IsFixed ? Size.ToString(System.Globalization.CultureInfo.InvariantCulture) : Symbol ?? "?";
}

/// <summary>Name and type of a model's input or output.</summary>
/// <param name="Name">Name by which it is bound.</param>
/// <param name="ElementType">Element type; <see cref="OnnxElementType.Undefined"/> for values that are not tensors.</param>
/// <param name="Shape">Dimensions, outermost first; empty for scalars and for values of unknown rank.</param>
public sealed record OnnxValueInfo(string Name, OnnxElementType ElementType, IReadOnlyList<OnnxDimension> Shape)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Name}' {ElementType} [{string.Join(", ", Shape)}]";
}

/// <summary>A model file's description of itself.</summary>
/// <param name="ProducerName">Program that wrote it.</param>
/// <param name="GraphName">Name of the graph.</param>
/// <param name="Description">Free text.</param>
/// <param name="Version">The model's own version number.</param>
/// <param name="Custom">metadata_props: free key → value pairs.</param>
internal sealed record OnnxModelMetadata(
    string ProducerName, string GraphName, string Description, long Version, IReadOnlyDictionary<string, string> Custom);
