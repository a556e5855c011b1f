using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>A tensor of a model file.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="ElementType">Element type.</param>
/// <param name="Shape">Dimensions, outermost first.</param>
public sealed record InspectedTensor(string Name, string ElementType, IReadOnlyList<int> Shape)
{
    /// <summary>Number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}

/// <summary>Learned values in one part of the network.</summary>
/// <param name="Name"><c>encoder</c>, <c>projector</c>, <c>two-stage</c>, <c>decoder</c>, <c>heads</c> or <c>other</c>.</param>
/// <param name="Tensors">Number of tensors.</param>
/// <param name="Values">Number of values in all of them.</param>
public sealed record InspectedPart(string Name, int Tensors, long Values);

/// <summary>
/// Everything that a model file tells about itself, and what its shapes reveal. What cannot be found out is null, with a warning
/// that says why.
/// </summary>
public sealed record ModelInspection
{
    /// <summary>Path of the file, or the name of a built-in model.</summary>
    public required string File { get; init; }

    /// <summary>The container: <c>TorchZip</c>, <c>TorchLegacy</c>, <c>Safetensors</c> or <c>Onnx</c>.</summary>
    public required string Container { get; init; }

    /// <summary>Size in bytes.</summary>
    public required long Bytes { get; init; }

    /// <summary>Digests of the file.</summary>
    public required FileDigests Digests { get; init; }

    /// <summary>The published file that this one is, by its MD5; null if none.</summary>
    public HostedFile? Hosted { get; init; }

    /// <summary>Variant; <c>custom</c> for shapes of one's own, <c>unknown</c> where nothing tells.</summary>
    public string Variant { get; init; } = "unknown";

    /// <summary>The network's configuration; null for ONNX files and where it cannot be inferred.</summary>
    internal ModelConfig? Config { get; init; }

    /// <summary>The tensors of a checkpoint, by the published names; empty for ONNX files.</summary>
    public IReadOnlyList<InspectedTensor> Tensors { get; init; } = [];

    /// <summary>Learned values in the parts of the network; empty for ONNX files.</summary>
    public IReadOnlyList<InspectedPart> Parts { get; init; } = [];

    /// <summary>Number of learned values; null for ONNX files.</summary>
    public long? Parameters { get; init; }

    /// <summary>Meaning of each logit, and the rule that says so; null if nothing tells.</summary>
    public ClassMap? Classes { get; init; }

    /// <summary>Input height and width in pixels; null if unknown.</summary>
    public (int Height, int Width)? Input { get; init; }

    /// <summary>Rule by which images must be resized.</summary>
    public ResizeRule ResizeRule { get; init; }

    /// <summary>Source of the resize rule.</summary>
    public string ResizeSource { get; init; } = "";

    /// <summary>The products that run in int8 and what that costs; null: none.</summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>License of the weights, where known.</summary>
    public string? License { get; init; }

    /// <summary>
    /// The score threshold, 0..1, with which the weights had their best macro F1 when they were evaluated after training; null if
    /// the file does not say.
    /// </summary>
    public double? BestThreshold { get; init; }

    /// <summary>True if there are averaged weights besides.</summary>
    public bool HasEma { get; init; }

    /// <summary>Training arguments; empty if the file has none.</summary>
    internal PlainMap Args { get; init; } = new();

    /// <summary>Content of an ONNX file: producer, operators, inputs and outputs. Null for checkpoints.</summary>
    public OnnxModelInfo? Onnx { get; init; }

    /// <summary>Oddities and facts that could not be found out, one sentence each.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Inspects a file; nothing in it is run.</summary>
    /// <param name="model">
    /// A checkpoint (<c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>, <c>.safetensors</c>), an <c>.onnx</c> file, the name of downloaded
    /// weights, or one of <see cref="BuiltInModels.Names"/>.
    /// </param>
    /// <param name="options">
    /// Class names, variant, EMA: as for <see cref="ModelReference.Parse"/>. Licenses need no acceptance to look.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="CheckpointFormatException">The file is not a valid checkpoint.</exception>
    /// <exception cref="OnnxFormatException">The file is not a valid ONNX file.</exception>
    public static ModelInspection Of(string model, ModelOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new ModelOptions();
        var reference = ModelReference.Parse(model);
        return reference is ModelReference.Onnx file
            ? OnnxInspection.Of(file.Locate(acceptLicense: true)!, options)
            : CheckpointInspection.Of(reference, options);
    }
}
