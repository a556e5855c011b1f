using RfDetr.Checkpoints;
using RfDetr.Graph;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>
/// Turns checkpoints into files for other runtimes: <c>.onnx</c>, and between <c>.pth</c> and <c>.safetensors</c>.
/// </summary>
public static class Exporter
{
    /// <summary>Writes a model in the format that the output's extension names. The file appears whole or not at all.</summary>
    /// <param name="model">A checkpoint, the name of downloaded weights, or one of <see cref="BuiltInModels.Names"/>.</param>
    /// <param name="output">
    /// A path that ends in <c>.onnx</c>, <c>.safetensors</c>, <c>.pth</c> or <c>.pt</c>; missing folders are made.
    /// </param>
    /// <param name="request">Null: the model as it is, float32, any batch.</param>
    /// <exception cref="ArgumentException">The request does not fit the model or the format; the message names both.</exception>
    /// <exception cref="FileNotFoundException">There is no such model.</exception>
    /// <exception cref="CheckpointFormatException">The model is not a valid checkpoint.</exception>
    /// <exception cref="LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    public static ExportResult Export(string model, string output, ExportRequest? request = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        request ??= new ExportRequest();
        request.Validate();
        request.RequireInt8ForItsForm();
        var reference = ModelReference.Parse(model);
        if (reference is ModelReference.Onnx)
            throw new ArgumentException($"'{model}' is an ONNX file already; export the checkpoint it was made of");
        if (File.Exists(model) && Path.GetFullPath(model) == Path.GetFullPath(output))
            throw new ArgumentException($"'{output}' would replace the checkpoint it is made of; give another output");
        return Path.GetExtension(output).ToLowerInvariant() switch
        {
            ".onnx" => ToOnnx(reference, output, request),
            ".safetensors" => CheckpointConversion.Run(reference, output, request, SafetensorsWriter.Write),
            ".pth" or ".pt" => CheckpointConversion.Run(reference, output, request, TorchWriter.Write),
            var other =>
                throw new ArgumentException($"the output '{output}' ends in '{other}', expected .onnx, .safetensors or .pth"),
        };
    }

    private static ExportResult ToOnnx(ModelReference reference, string output, ExportRequest request)
    {
        using var source = CheckpointPackage.OpenCheckpoint(reference, request.Model);
        ModelInfo info = source.Info;
        if (request.Precision == ExportPrecision.Int8)
            Engine.RequirePolicy(info);
        NetworkGraph graph = source.Record(request.Batch);
        var options = new ExportOptions
        {
            Precision = request.Precision,
            IsInt8 = info.Quantization is { } policy ? policy.Covers : null,
            Int8Weights = request.Int8Weights,
            Dialect = request.Dialect,
            GraphName = info.Variant,
            Metadata = ExportMetadata.Of(source, request, FileDigests.Of(reference, request.Model.AcceptLicense).Sha256),
        };
        _ = Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(output))!);
        OnnxWriteOptions file = request.MaxInlineBytes is { } most ? new() { MaxInlineBytes = most } : new();
        string? data = OnnxExporter.Write(graph, options, output, file);
        long bytes = new FileInfo(output).Length + (data is null ? 0 : new FileInfo(data).Length);
        return new(output, bytes, data, info.Variant, info.Warnings);
    }
}
