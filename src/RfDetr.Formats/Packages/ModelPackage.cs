using RfDetr.Checkpoints;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>
/// An opened model: what it is, and what an engine needs of it. The one way from a model argument to a network.
/// </summary>
public abstract class ModelPackage : IDisposable
{
    private protected ModelPackage(ModelReference reference, ModelOptions options) => (Reference, Options) = (reference, options);

    /// <summary>The reference that was asked for.</summary>
    public ModelReference Reference { get; }

    /// <summary>The options it was opened with.</summary>
    public ModelOptions Options { get; }

    /// <summary>The file's name without its folder, or the model's name.</summary>
    internal string FileName => Path.GetFileName(Reference.Text);

    /// <summary>Opens a checkpoint, hosted weights in the cache, a built-in model or an ONNX file.</summary>
    /// <param name="reference">See <see cref="ModelReference.Parse"/>.</param>
    /// <param name="options">Null for what the file says.</param>
    /// <exception cref="ArgumentException">An option is out of range or contradicts the file.</exception>
    /// <exception cref="FileNotFoundException">There is no such file and no such weights in the cache.</exception>
    /// <exception cref="CheckpointFormatException">The file is not a valid checkpoint.</exception>
    /// <exception cref="OnnxFormatException">The file is not a valid ONNX model.</exception>
    /// <exception cref="LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    public static ModelPackage Open(ModelReference reference, ModelOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(reference);
        options ??= new ModelOptions();
        options.Validate();
        return reference is ModelReference.Onnx file
            ? OnnxPackage.OpenFile(file, options)
            : CheckpointPackage.OpenCheckpoint(reference, options);
    }

    /// <summary>Meaning of the model, once an engine has said what it takes and gives.</summary>
    public abstract ModelInfo Describe(NetworkContract contract);

    /// <summary>The classes, from the file's description alone; null where only a run tells their number.</summary>
    internal abstract ClassMap? FindClasses();

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes the file.</summary>
    private protected virtual void Dispose(bool disposing)
    {
    }
}

/// <summary>An opened checkpoint.</summary>
public sealed class CheckpointPackage : ModelPackage
{
    // The tensors as the network took them, which tells what it left.
    private Weights? _loaded;

    private CheckpointPackage(
        ModelReference reference, ModelOptions options, Checkpoint checkpoint, ModelConfig config, ModelInfo info)
        : base(reference, options) => (Checkpoint, Config, Info) = (checkpoint, config, info);

    /// <summary>The file.</summary>
    internal Checkpoint Checkpoint { get; }

    /// <summary>The network.</summary>
    internal ModelConfig Config { get; }

    /// <summary>Meaning of the model.</summary>
    public ModelInfo Info { get; }

    /// <inheritdoc/>
    public override ModelInfo Describe(NetworkContract contract) => _loaded is { Strangers: { Count: > 0 } strangers }
        ? Info with { Warnings = [.. Info.Warnings, StrangersWarning(strangers)] }
        : Info;

    internal override ClassMap FindClasses() => Info.Classes;

    /// <summary>Inputs and outputs of the network.</summary>
    /// <param name="batch">A fixed batch size; null: any.</param>
    public NetworkContract Contract(int? batch = null) =>
        InferenceGraph.Contract(Config, Info.InputHeight, Info.InputWidth, batch);

    /// <summary>Loads the tensors onto a back end.</summary>
    internal Weights Weights(Backend backend) => _loaded = Load(backend);

    private Weights Load(Backend backend)
    {
        // A policy that is not the file's own gives what a file with it would give: its weights are rounded first.
        if (Info.Quantization is not { } policy)
            return new(Checkpoint, backend);
        QuantizationPolicy own = QuantizationPolicyPlain.Find(Checkpoint) ?? QuantizationPolicy.None;
        return new(new RoundedWeights(Checkpoint, name => policy.Covers(name) && !own.Covers(name)), backend);
    }

    /// <summary>Records the network as a graph.</summary>
    /// <param name="batch">A fixed batch size; null: any.</param>
    internal NetworkGraph Record(int? batch = null) =>
        InferenceGraph.Record(Weights, Config, Info.InputHeight, Info.InputWidth, batch);

    /// <summary>The network as the bytes of an ONNX file in ONNX Runtime's dialect.</summary>
    /// <param name="precision">Precision of weights and products.</param>
    /// <param name="batch">A fixed batch size; null: any.</param>
    public byte[] ToOnnx(ExportPrecision precision = ExportPrecision.Float32, int? batch = null) =>
        OnnxExporter.ToBytes(Record(batch), new ExportOptions
        {
            Precision = precision,
            IsInt8 = Info.Quantization is { } policy ? policy.Covers : null,
            Dialect = OnnxDialect.OnnxRuntime,
            GraphName = Info.Variant,
        });

    /// <summary>Opens a checkpoint, hosted weights in the cache, or a built-in model.</summary>
    internal static CheckpointPackage OpenCheckpoint(ModelReference reference, ModelOptions options)
    {
        Checkpoint checkpoint = reference.OpenCheckpoint(options.Weights == WeightSet.Averaged, options.AcceptLicense);
        try
        {
            InferredConfig inferred =
                ConfigInference.Explain(checkpoint, new ConfigInferenceOptions { Variant = options.Variant });
            ModelConfig config = BuiltInModels.Named(inferred.Config, reference.Text);
            string? stated = CheckpointNotes.License(checkpoint);
            WeightsLicense? license = Licenses.Named(stated) ?? Licenses.Of(config.Variant);
            Licenses.Require(license, reference.Text, options.AcceptLicense);
            ImageSize size = options.InputSize ?? new ImageSize(config.Resolution, config.Resolution);
            CheckSize(config, size);
            ClassMap classes = ClassMapRules.Find(
                checkpoint, new ClassMapOptions { ClassNames = options.ClassNames, ClassOffset = options.ClassOffset });
            var info = new ModelInfo
            {
                Name = reference.Text,
                Variant = config.Variant,
                Classes = classes,
                InputHeight = size.Height,
                InputWidth = size.Width,
                Heads = Head.Of(InferenceGraph.Contract(config, size.Height, size.Width)),
                NumSelect = options.NumSelect ?? config.NumSelect,
                ResizeRule = options.ResizeRule ?? StoredResizeRule(checkpoint).Rule,
                Normalization = Normalization.ImageNet,
                Quantization = (options.Quantization ?? QuantizationPolicyPlain.Find(checkpoint)) is { IsActive: true } policy
                    ? policy
                    : null,
                License = reference is ModelReference.BuiltIn ? BuiltInModels.License : stated ?? license?.Id,
                BestThreshold = CheckpointNotes.BestThreshold(checkpoint),
                Warnings = classes.Doubt is { } doubt ? [.. inferred.Warnings, doubt] : inferred.Warnings,
            };
            return new CheckpointPackage(reference, options, checkpoint, config, info);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The warning about tensors that are not the network's.</summary>
    internal static string StrangersWarning(IReadOnlyList<string> names) =>
        $"{names.Count} tensors beside the network's own were not loaded: "
        + $"{string.Join(", ", names.Take(5))}{(names.Count > 5 ? ", …" : "")}";

    /// <summary>The resize rule of a checkpoint, and where it comes from.</summary>
    /// <remarks>
    /// Checkpoints of ours say which rule they were trained with; rf-detr's do not, and its default since 1.9 is without
    /// antialias.
    /// </remarks>
    internal static (ResizeRule Rule, string Source) StoredResizeRule(Checkpoint checkpoint) =>
        (checkpoint.Metadata["resize_antialias"] ?? checkpoint.Args["resize_antialias"]) is bool stored
            ? (stored ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear, "stored with the checkpoint")
            : (ResizeRule.Bilinear, "rf-detr's default since 1.9; the checkpoint does not say");

    private static void CheckSize(ModelConfig config, ImageSize size)
    {
        if (size.Height % config.SizeDivisor != 0 || size.Width % config.SizeDivisor != 0)
        {
            throw new ArgumentException(Invariant.Text(
                $"resolution {size} does not fit '{config.Variant}': both sides must be multiples of "
                    + $"{config.SizeDivisor} (patch size {config.PatchSize} × {config.NumWindows} windows)"));
        }
    }

    private protected override void Dispose(bool disposing) => Checkpoint.Dispose();
}

/// <summary>An ONNX file: ours and rf-detr's with metadata, older ones by the names of their outputs.</summary>
public sealed class OnnxPackage : ModelPackage
{
    private const int DefaultNumSelect = 300;

    private readonly InferenceMetadata? _metadata;
    private readonly ArtifactNotes? _notes;

    private OnnxPackage(
        ModelReference.Onnx reference, ModelOptions options, DetectionContract contract, InferenceMetadata? metadata,
        ArtifactNotes? notes)
        : base(reference, options) => (Path, Contract, _metadata, _notes) = (reference.Path, contract, metadata, notes);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Its input and outputs; sizes that the file leaves open are null.</summary>
    internal DetectionContract Contract { get; }

    /// <inheritdoc/>
    public override ModelInfo Describe(NetworkContract contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        return new ModelInfo
        {
            Name = FileName,
            Variant = _metadata?.Variant ?? "unknown",
            Classes = ClassesOf(contract.Classes),
            InputHeight = contract.Height,
            InputWidth = contract.Width,
            Heads = Head.Of(contract),
            NumSelect = Options.NumSelect ?? _metadata?.NumSelect ?? Math.Min(DefaultNumSelect, contract.Queries),
            ResizeRule = Options.ResizeRule
                ?? (_metadata?.ResizeAntialias == true ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear),
            Normalization = _metadata is null ? Normalization.ImageNet : new(Triple(_metadata.Means), Triple(_metadata.Stds)),
            License = _notes?.WeightsLicense,
            Warnings = Contract.Warnings,
        };
    }

    internal override ClassMap? FindClasses() => Contract.Classes is { } logits ? ClassesOf(logits) : null;

    internal static OnnxPackage OpenFile(ModelReference.Onnx reference, ModelOptions options)
    {
        string path = reference.Path;
        if (!File.Exists(path))
            throw new FileNotFoundException($"there is no model file '{path}'", path);
        var file = OnnxModelInfo.Read(path);
        InferenceMetadata? metadata = ArtifactMetadata.Find(path, file.Custom);
        ArtifactNotes? notes = MetadataJson.FindNotes(file.Custom);
        Licenses.Require(Licenses.Named(notes?.WeightsLicense) ?? Licenses.Of(metadata?.Variant), path, options.AcceptLicense);
        DetectionContract contract = DetectionContract.Of(file.Inputs, file.Outputs, metadata);
        if (contract.Channels != 3)
            throw new OnnxFormatException($"the model takes {contract.Channels} channels; only RGB (3) is supported");
        if (options.InputSize is { } asked && asked != new ImageSize(contract.Height, contract.Width))
        {
            throw new ArgumentException(Invariant.Text(
                $"'{System.IO.Path.GetFileName(path)}' is compiled for {contract.Height}×{contract.Width}, asked for "
                    + $"{asked}; export the checkpoint at that resolution"));
        }

        return new OnnxPackage(reference, options, contract, metadata, notes);
    }

    private ClassMap ClassesOf(int logits) => OnnxClassMap.Of(FileName, logits, _metadata, _notes, Options);

    private static (float Red, float Green, float Blue) Triple(IReadOnlyList<double> values) => values.Count == 3
        ? ((float)values[0], (float)values[1], (float)values[2])
        : throw new OnnxFormatException($"the metadata's means and stds must have 3 values each, found {values.Count}");
}
