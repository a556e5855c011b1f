using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>Looks into a checkpoint as far as it allows.</summary>
internal static class CheckpointInspection
{
    /// <summary>Looks at a file, or a built-in model by its name.</summary>
    public static ModelInspection Of(ModelReference model, ModelOptions options)
    {
        using Checkpoint checkpoint = model.OpenCheckpoint(options.Weights == WeightSet.Averaged, acceptLicense: true);
        var warnings = new List<string>();
        FileDigests digests = FileDigests.Of(model, acceptLicense: true);
        InspectedTensor[] tensors =
        [
            .. checkpoint.Names.Select(name => Tensor(checkpoint, name, warnings)).OfType<InspectedTensor>()
        ];
        ModelConfig? config = Try(() => Config(checkpoint, model, options, warnings), warnings);
        if (config is not null && Strangers(checkpoint, config) is { Count: > 0 } strangers)
            warnings.Add(CheckpointPackage.StrangersWarning(strangers));
        ClassMap? classes = Try(
            () =>
                ClassMapRules.Find(
                    checkpoint, new ClassMapOptions { ClassNames = options.ClassNames, ClassOffset = options.ClassOffset }),
            warnings);
        if (classes?.Doubt is { } doubt)
            warnings.Add(doubt);
        HostedFile? hosted = HostedWeights.All.FirstOrDefault(h => h.Md5 == digests.Md5);
        (ResizeRule rule, string source) = CheckpointPackage.StoredResizeRule(checkpoint);
        return new ModelInspection
        {
            File = model.Locate(acceptLicense: true) ?? model.Text,
            Container = checkpoint.Format.ToString(),
            Bytes = checkpoint.Length,
            Digests = digests,
            Hosted = hosted,
            Variant = config?.Variant ?? "unknown",
            Config = config,
            Tensors = tensors,
            Parts = ParameterParts.Of(tensors),
            Parameters = tensors.Sum(t => t.Count),
            Classes = classes,
            Input = config is null ? null : (config.Resolution, config.Resolution),
            ResizeRule = options.ResizeRule ?? rule,
            ResizeSource = options.ResizeRule is null ? source : "as asked",
            Quantization = Try(() => QuantizationPolicyPlain.Find(checkpoint), warnings),
            License = model is ModelReference.BuiltIn
                ? BuiltInModels.License
                : CheckpointNotes.License(checkpoint) ?? (hosted?.License ?? Licenses.Of(config?.Variant))?.Id,
            BestThreshold = CheckpointNotes.BestThreshold(checkpoint),
            HasEma = checkpoint.HasEma,
            Args = checkpoint.Args,
            Warnings = warnings,
        };
    }

    private static ModelConfig Config(Checkpoint checkpoint, ModelReference model, ModelOptions options, List<string> warnings)
    {
        InferredConfig inferred = ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = options.Variant });
        warnings.AddRange(inferred.Warnings);
        return BuiltInModels.Named(inferred.Config, model.Text);
    }

    private static InspectedTensor? Tensor(Checkpoint checkpoint, string name, List<string> warnings)
    {
        HostTensor? tensor = Try(() => checkpoint.TryGet(name, out HostTensor? found) ? found : null, warnings);
        if (tensor is null)
            return null;
        if (NonFinite.Count(tensor) is > 0 and var bad)
        {
            warnings.Add(string.Create(CultureInfo.InvariantCulture,
                $"'{name}' has {bad} of {tensor.Count} values that are not finite (NaN or infinity): the network finds "
                + $"nothing or nonsense; did training diverge?"));
        }

        return new(name, tensor.DType.ToString(), tensor.Shape);
    }

    /// <summary>Names in the file that a network of this configuration does not ask for.</summary>
    private static IReadOnlyList<string> Strangers(Checkpoint checkpoint, ModelConfig config)
    {
        var weights = new Weights(checkpoint, new ShapeBackend());
        try
        {
            _ = new RfDetrNetwork(weights, config);
        }
        catch (WeightsException)
        {
            return []; // that the weights do not fit is said elsewhere
        }

        return weights.Strangers;
    }

    private static T? Try<T>(Func<T?> find, List<string> warnings)
        where T : class
    {
        try
        {
            return find();
        }
        catch (CheckpointFormatException e)
        {
            warnings.Add(e.Message);
            return null;
        }
    }
}
