namespace RfDetr;

/// <summary>Names by which networks and ONNX files know their input and outputs: those of rf-detr's own export.</summary>
internal static class OutputNames
{
    /// <summary>The images, <c>[B, 3, H, W]</c>, normalized.</summary>
    public const string Input = "input";

    /// <summary>Boxes, <c>[B, Q, (cx, cy, w, h)]</c>, as fractions of the image.</summary>
    public const string Boxes = "dets";

    /// <summary>Class logits, <c>[B, Q, C]</c>, before the sigmoid.</summary>
    public const string Logits = "labels";

    /// <summary>Mask logits, <c>[B, Q, h, w]</c>.</summary>
    public const string Masks = "masks";
}

/// <summary>One output of a network.</summary>
public sealed record OutputSpec
{
    /// <summary>Its name, see <see cref="OutputNames"/>.</summary>
    public required string Name { get; init; }

    /// <summary>Sizes per image, without the batch: <c>[Q, …]</c>.</summary>
    public required IReadOnlyList<int> Shape { get; init; }

    /// <summary>Values per image.</summary>
    public int Length => Shape.Aggregate(1, static (product, size) => checked(product * size));

    /// <summary>Values per query.</summary>
    public int RowLength => Length / Shape[0];

    /// <inheritdoc/>
    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

/// <summary>
/// Inputs and outputs of a network, per image. Outputs are data: a network with one more head has one more entry.
/// </summary>
public sealed record NetworkContract
{
    /// <summary>Input height H in pixels.</summary>
    public required int Height { get; init; }

    /// <summary>Input width W in pixels.</summary>
    public required int Width { get; init; }

    /// <summary>
    /// The outputs; <see cref="OutputNames.Boxes"/> and <see cref="OutputNames.Logits"/> are always among them.
    /// </summary>
    public required IReadOnlyList<OutputSpec> Outputs { get; init; }

    /// <summary>The only batch size that the engine runs; null for any.</summary>
    public int? FixedBatch { get; init; }

    /// <summary>Values of one image's input: 3 · H · W.</summary>
    public int InputLength => 3 * Height * Width;

    /// <summary>Queries Q.</summary>
    public int Queries => this[OutputNames.Logits].Shape[0];

    /// <summary>Class logits C.</summary>
    public int Classes => this[OutputNames.Logits].Shape[1];

    /// <summary>An output by its name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists those that exist.</exception>
    public OutputSpec this[string name] => Find(name)
        ?? throw new ArgumentException($"the network has no output '{name}'; it has {string.Join(", ", Outputs)}", nameof(name));

    /// <summary>An output by its name; null if there is none.</summary>
    public OutputSpec? Find(string name)
    {
        foreach (OutputSpec output in Outputs)
        {
            if (output.Name == name)
                return output;
        }

        return null;
    }
}
