using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>Beginning of a run: a network's configuration and the source of its tensors.</summary>
internal sealed class StartingPoint : IDisposable
{
    private const string CustomVariant = "custom";

    private readonly Checkpoint? _checkpoint;
    private readonly double _layerScale;
    private bool _owns;

    private StartingPoint(ModelConfig config, string description, Checkpoint? checkpoint, double layerScale)
    {
        (Config, Description, _checkpoint, _layerScale) = (config, description, checkpoint, layerScale);
        Args = checkpoint?.Args ?? new PlainMap();
    }

    /// <summary>The network as it is in the file, or as it was asked for.</summary>
    public ModelConfig Config { get; }

    /// <summary>True if there are no weights to begin with.</summary>
    public bool IsScratch => _checkpoint is null;

    /// <summary>One line for people.</summary>
    public string Description { get; }

    /// <summary>The file's arguments; empty without one.</summary>
    public PlainMap Args { get; }

    /// <summary>Contradictions in the file that were settled.</summary>
    public IReadOnlyList<string> Warnings { get; private init; } = [];

    /// <summary>Meaning of the file's logits; null if it does not say or there is no file.</summary>
    public ClassMap? Classes { get; private init; }

    /// <summary>True if the file's images were resized with antialias; null if it does not say.</summary>
    public bool? ResizeAntialias => (_checkpoint?.Metadata["resize_antialias"] ?? Args["resize_antialias"]) as bool?;

    /// <summary>
    /// True if training at many sizes suits the network: as its file says it was trained, else as the published variants were; a
    /// network of another shape whose file says nothing was trained at one size, as far as is known. Random weights have no size
    /// of their own yet.
    /// </summary>
    public bool BearsManySizes => IsScratch || TrainedAtManySizes(Args, Config.Variant);

    /// <summary>
    /// License of the weights; null for random ones, and where nothing is known. Weights that are trained from them keep it.
    /// </summary>
    public string? License { get; private init; }

    /// <summary>True if a file's arguments say so, or, where they say nothing, if it is a published variant.</summary>
    internal static bool TrainedAtManySizes(PlainMap args, string variant) =>
        args["multi_scale"] as bool? ?? variant != CustomVariant;

    /// <summary>Opens what <see cref="TrainingModelOptions.Start"/> names.</summary>
    /// <param name="options">Validated options.</param>
    /// <param name="acceptLicense">The user accepts the license of weights that ask for it.</param>
    /// <exception cref="FileNotFoundException">There is no such file, or the published weights are not in the cache.</exception>
    /// <exception cref="CheckpointFormatException">The file is no checkpoint.</exception>
    /// <exception cref="LicenseNotAcceptedException">The weights' license must be accepted first.</exception>
    public static StartingPoint Open(TrainOptions options, bool acceptLicense = false)
    {
        if (options.Model.Network is { } network)
            return new StartingPoint(network.Build(), "random weights", null, network.LayerScaleInit);
        string model = options.Model.Start!;
        ModelReference reference = ModelReference.Parse(model);
        Checkpoint opened = reference.OpenCheckpoint(averaged: false, acceptLicense);
        StartingPoint start = Of(opened, $"'{model}'", owns: true, reference is ModelReference.BuiltIn ? Licenses.BuiltIn : null);
        try
        {
            Licenses.Require(Licenses.Of(start.Config.Variant), model, acceptLicense);
            return start;
        }
        catch
        {
            start.Dispose();
            throw;
        }
    }

    /// <summary>The last checkpoint of a run that goes on; it stays the caller's.</summary>
    public static StartingPoint Resume(Checkpoint last) => Of(last, last.Name, owns: false);

    /// <summary>The tensors for <paramref name="config"/>, which may differ in classes, queries, groups and resolution.</summary>
    public Weights Weights(Backend backend, ModelConfig config, long seed) => _checkpoint is null
        ? new Weights(new RandomWeights(config, seed, _layerScale), backend)
        : new Weights(new AdaptedWeights(_checkpoint, Config, config, seed), backend);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_owns)
            _checkpoint?.Dispose();
    }

    private static StartingPoint Of(Checkpoint checkpoint, string name, bool owns, string? license = null)
    {
        try
        {
            InferredConfig inferred = ConfigInference.Explain(checkpoint);
            return new StartingPoint(inferred.Config, $"{name} ({inferred.Config.Variant})", checkpoint, 1)
            {
                Warnings = inferred.Warnings,
                Classes = ClassesOf(checkpoint),
                License = license ?? CheckpointNotes.License(checkpoint) ?? Licenses.Of(inferred.Config.Variant)?.Id,
                _owns = owns,
            };
        }
        catch
        {
            if (owns)
                checkpoint.Dispose();
            throw;
        }
    }

    private static ClassMap? ClassesOf(Checkpoint checkpoint)
    {
        try
        {
            return ClassMapRules.Find(checkpoint);
        }
        catch (CheckpointFormatException)
        {
            return null; // fine-tuning gives the classes a new meaning anyway
        }
    }
}
