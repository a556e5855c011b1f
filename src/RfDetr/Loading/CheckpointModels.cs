using RfDetr.Checkpoints;
using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Opens checkpoints: reads, checks, records the network, hands it to the engine.</summary>
internal static class CheckpointModels
{
    public static LoadedModel Load(string model, DetectorOptions options)
    {
        using CheckpointModel open = Open(model, options);
        return Build(open.Weights, open.Card, options, open.Checkpoint.Names);
    }

    /// <summary>A checkpoint with everything found out about it, not yet on an engine.</summary>
    public static CheckpointModel Open(string model, DetectorOptions options)
    {
        Checkpoint checkpoint = ModelLoader.OpenCheckpoint(model, options);
        try
        {
            return new CheckpointModel(checkpoint, Sized(Describe(checkpoint, model, options), options));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>Records and compiles a network.</summary>
    public static LoadedModel Build(Func<Backend, Weights> weights, ModelCard card, DetectorOptions options, IReadOnlyCollection<string>? names = null)
    {
        ModelConfig config = card.Config!;
        RequirePolicy(card, options.Precision);
        int ratio = config.MaskDownsampleRatio;
        var sizes = new NetworkSizes(
            card.InputHeight, card.InputWidth, config.NumQueries, config.ClassLogits,
            card.HasMasks ? card.InputHeight / ratio : 0, card.HasMasks ? card.InputWidth / ratio : 0, options.FixedBatch);
        Weights? loaded = null;
        Weights Loading(Backend backend) => loaded = weights(backend);
        if (options.CustomEngine is { } make)
            return Loaded(card, make(weights, config, sizes));
        NetworkGraph graph = InferenceGraph.Record(Loading, config, card.InputHeight, card.InputWidth, options.FixedBatch);
        if (loaded is { Strangers: { Count: > 0 } strangers })
            card = card with { Warnings = [.. card.Warnings, StrangersWarning(strangers)] };
        CpuOptions cpu = options.ToCpu() with
        {
            Int8 = card.Quantization?.ToProducts(names ?? []),
            BFloat16 = options.Precision == ExportPrecision.BFloat16 ? (names ?? []).Where(n => QuantizationBlocks.Of(n) is not null).ToHashSet() : null,
        };
        return Loaded(card, options.RunsOnOwnEngine ? new CpuEngine(CpuNetwork.Compile(graph, cpu, options.FixedBatch ?? 1), sizes) : InOnnxRuntime(graph, card, sizes, options));
    }

    /// <summary>The warning about tensors that are not the network's.</summary>
    internal static string StrangersWarning(IReadOnlyList<string> names) =>
        $"{names.Count} tensors beside the network's own were not loaded: "
        + $"{string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")}";

    private static LoadedModel Loaded(ModelCard card, INetworkEngine engine) => new(card with { Engine = engine.Description }, engine);

    private static INetworkEngine InOnnxRuntime(NetworkGraph graph, ModelCard card, NetworkSizes sizes, DetectorOptions options)
    {
        var export = new ExportOptions { Precision = options.Precision, IsInt8 = card.Quantization is { } policy ? policy.Covers : null, Dialect = OnnxDialect.OnnxRuntime, GraphName = card.Variant };
        IOnnxSession session = SessionFactory.FromBytes(OnnxExporter.ToBytes(graph, export), options);
        return session.ToEngine(DetectionContract.Of(session.Inputs, session.Outputs), sizes);
    }

    private static ModelCard Describe(Checkpoint checkpoint, string name, DetectorOptions options)
    {
        InferredConfig inferred = ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = options.Variant });
        ModelConfig config = BuiltInModels.Named(inferred.Config, name);
        string? stated = CheckpointNotes.License(checkpoint);
        WeightsLicense? license = Licenses.Named(stated) ?? Licenses.Of(config.Variant);
        Licenses.Require(license, name, options.AcceptLicense);
        ClassMap classes = ClassMapRules.Find(
            checkpoint, new ClassMapOptions { ClassNames = options.ClassNames, ClassOffset = options.ClassOffset });
        return new ModelCard
        {
            Name = name,
            Variant = config.Variant,
            Config = config,
            Classes = classes,
            InputHeight = config.Resolution,
            InputWidth = config.Resolution,
            HasMasks = config.SegmentationHead,
            NumSelect = config.NumSelect,
            ResizeRule = StoredResizeRule(checkpoint).Rule,
            Normalization = Normalization.ImageNet,
            Quantization = options.Precision != ExportPrecision.BFloat16 && (options.Quantization ?? QuantizationPolicyPlain.Find(checkpoint)) is { IsActive: true } policy ? policy : null,
            License = BuiltInModels.Contains(name) ? BuiltInModels.License : stated ?? license?.Id,
            BestThreshold = CheckpointNotes.BestThreshold(checkpoint),
            Warnings = classes.Doubt is { } doubt ? [.. inferred.Warnings, doubt] : inferred.Warnings,
        };
    }

    /// <exception cref="ArgumentException">Int8 is asked for, and nothing says which products may be.</exception>
    internal static void RequirePolicy(ModelCard card, ExportPrecision precision)
    {
        if (precision == ExportPrecision.Int8 && card.Quantization is null)
            throw new ArgumentException($"'{card.Name}' has no quantization policy that says what may be in int8; make one with: rfdetr quantize");
    }

    /// <summary>A card with what the options override.</summary>
    internal static ModelCard Sized(ModelCard card, DetectorOptions options) => card with
    {
        InputHeight = options.Resolution?.Height ?? card.InputHeight,
        InputWidth = options.Resolution?.Width ?? card.InputWidth,
        ResizeRule = options.ResizeRule ?? card.ResizeRule,
        NumSelect = options.NumSelect ?? card.NumSelect,
    };

    /// <summary>The resize rule of a checkpoint, and where it comes from.</summary>
    /// <remarks>Checkpoints of ours say which rule they were trained with; rf-detr's do not, and its default since 1.9 is without antialias.</remarks>
    internal static (ResizeRule Rule, string Source) StoredResizeRule(Checkpoint checkpoint) =>
        (checkpoint.Metadata["resize_antialias"] ?? checkpoint.Args["resize_antialias"]) is bool stored
            ? (stored ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear, "stored with the checkpoint")
            : (ResizeRule.Bilinear, "rf-detr's default since 1.9; the checkpoint does not say");
}
