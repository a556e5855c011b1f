using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
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

/// <summary>Sorts a network's tensors into the parts that people speak of.</summary>
internal static class ParameterParts
{
    private static readonly string[] s_order = ["encoder", "projector", "two-stage", "decoder", "heads", "other"];

    public static IReadOnlyList<InspectedPart> Of(IEnumerable<InspectedTensor> tensors) =>
    [
        .. tensors.GroupBy(t => PartOf(t.Name))
            .Select(g => new InspectedPart(g.Key, g.Count(), g.Sum(t => t.Count)))
            .OrderBy(p => Array.IndexOf(s_order, p.Name)),
    ];

    // Names as the published checkpoints have them; the learned queries belong to the decoder that reads them.
    private static string PartOf(string name)
    {
        return name switch
        {
            _ when Starts("backbone.0.encoder.") => "encoder",
            _ when Starts("backbone.0.projector.") => "projector",
            _ when Starts("transformer.enc_") => "two-stage",
            _ when Starts("transformer.decoder.") || Starts("query_feat.") || Starts("refpoint_embed.") => "decoder",
            _ when Starts("class_embed.") || Starts("bbox_embed.") || Starts("segmentation_head.") => "heads",
            _ => "other",
        };

        bool Starts(string prefix) => name.StartsWith(prefix, StringComparison.Ordinal);
    }
}

/// <summary>Counts NaN and infinity in weights, which training that diverged leaves behind.</summary>
internal static class NonFinite
{
    /// <summary>Number of values that are not finite; 0 for integers.</summary>
    public static long Count(HostTensor tensor) => tensor.DType switch
    {
        DType.Float32 => Count<float>(tensor),
        DType.Float64 => Count<double>(tensor),
        DType.Float16 => Count<Half>(tensor),
        DType.BFloat16 => CountBFloat16(tensor),
        _ => 0,
    };

    private static long CountBFloat16(HostTensor tensor)
    {
        long count = 0;
        foreach (ushort value in MemoryMarshal.Cast<byte, ushort>(tensor.Bytes.Span))
            count += (value & 0x7F80) == 0x7F80 ? 1 : 0; // all bits of the exponent
        return count;
    }

    private static long Count<T>(HostTensor tensor)
        where T : unmanaged, INumberBase<T>
    {
        long count = 0;
        foreach (T value in MemoryMarshal.Cast<byte, T>(tensor.Bytes.Span))
            count += T.IsFinite(value) ? 0 : 1;
        return count;
    }
}
