using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>From one checkpoint container to another: tensors, arguments, facts and class map.</summary>
internal static class CheckpointConversion
{
    public static ExportResult Run(string model, string output, ExportRequest request, Action<string, CheckpointContent> write)
    {
        request.RequireNothingOfOnnx(output);
        if (model == DemoModel.Name)
        {
            write(output, Demo());
            return Result(output, DemoModel.Name, []);
        }

        using var checkpoint = Checkpoint.Open(ModelLoader.ResolvePath(model, request.AcceptLicense), new CheckpointOptions { PreferEma = request.PreferEma });
        InferredConfig inferred = ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = request.Variant });
        Licences.Require(Licences.Of(inferred.Config.Variant), model, request.AcceptLicense);
        List<string> warnings = [.. inferred.Warnings];
        write(output, CheckpointContent.Of(checkpoint, Classes(checkpoint, request, warnings)) with { Args = ConfigArgs.Complete(checkpoint.Args, inferred.Config) });
        return Result(output, inferred.Config.Variant, warnings);
    }

    // Without names a checkpoint can still be converted; only the caller's own words must fit.
    private static ClassMap? Classes(Checkpoint checkpoint, ExportRequest request, List<string> warnings)
    {
        try
        {
            return ClassMapRules.Find(checkpoint, new ClassMapOptions { ClassNames = request.ClassNames, ClassOffset = request.ClassOffset });
        }
        catch (CheckpointFormatException e) when (request.ClassNames is null && request.ClassOffset is null)
        {
            warnings.Add($"no class map was stored: {e.Message}");
            return null;
        }
    }

    private static CheckpointContent Demo()
    {
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), DemoModel.Config);
        return new CheckpointContent
        {
            Weights = new TensorSet(list.Parameters.ToDictionary(p => p.Name, p => DemoModel.Weights.Create(p.Name, p.Shape)!)),
            Args = ConfigArgs.Complete(new PlainMap(), DemoModel.Config),
            Metadata = new PlainMap([new("model_name", DemoModel.Name)]),
            ClassMap = DemoModel.Card.Classes,
        };
    }

    private static ExportResult Result(string output, string variant, IReadOnlyList<string> warnings) =>
        new(output, new FileInfo(output).Length, null, variant, warnings);
}
