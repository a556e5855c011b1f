using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>From one checkpoint container to another: tensors, arguments, facts and class map.</summary>
internal static class CheckpointConversion
{
    // What a half-precision file, made to be passed on, says beside the network's numbers. Where the run's images and files lay
    // is nobody's business.
    private static readonly string[] s_passedOn =
    [
        "class_names", "encoder", "encoder_hidden_size", "encoder_num_layers", "resize_antialias", "epoch", "model_name",
        "rfdetr_version", QuantizationPolicy.Key,
    ];

    public static ExportResult Run(
        ModelReference model, string output, ExportRequest request, Action<string, CheckpointContent> write)
    {
        request.RequireNothingOfOnnx(output);
        using Checkpoint checkpoint =
            model.OpenCheckpoint(request.Model.Weights == WeightSet.Averaged, request.Model.AcceptLicense);
        InferredConfig inferred =
            ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = request.Model.Variant });
        Licenses.Require(Licenses.Of(inferred.Config.Variant), model.Text, request.Model.AcceptLicense);
        List<string> warnings = [.. inferred.Warnings];
        var content = CheckpointContent.Of(checkpoint, Classes(checkpoint, request, warnings));
        if (request.Precision != ExportPrecision.Float32)
            content = Halved(content, request.Precision == ExportPrecision.BFloat16 ? DType.BFloat16 : DType.Float16);
        write(output, content with { Args = ConfigArgs.Complete(content.Args, inferred.Config) });
        return new(output, new FileInfo(output).Length, null, BuiltInModels.Named(inferred.Config, model.Text).Variant, warnings);
    }

    private static CheckpointContent Halved(CheckpointContent content, DType type) => content with
    {
        Weights = new HalfWeights(content.Weights, type),
        Ema = content.Ema is { } ema ? new HalfWeights(ema, type) : null,
        Args = PassedOn(content.Args),
        Metadata = PassedOn(content.Metadata),
    };

    private static PlainMap PassedOn(PlainMap all) =>
        PlainMap.Of(all.Where(e => e.Key is string key && s_passedOn.Contains(key)).Select(e => (e.Key, e.Value)));

    // Without names a checkpoint can still be converted; only the caller's own words must fit.
    private static ClassMap? Classes(Checkpoint checkpoint, ExportRequest request, List<string> warnings)
    {
        try
        {
            return ClassMapRules.Find(
                checkpoint,
                new ClassMapOptions { ClassNames = request.Model.ClassNames, ClassOffset = request.Model.ClassOffset });
        }
        catch (CheckpointFormatException e) when (request.Model.ClassNames is null && request.Model.ClassOffset is null)
        {
            warnings.Add($"no class map was stored: {e.Message}");
            return null;
        }
    }
}
