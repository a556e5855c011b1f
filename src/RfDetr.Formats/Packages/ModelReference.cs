using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>Meaning of a model argument. All verbs, the detector and training resolve it here, by the same rules.</summary>
/// <remarks>
/// In this order: the name of a built-in model; a file that exists; a text with a folder or an ending, which can only be a file;
/// the name of hosted weights.
/// </remarks>
public abstract record ModelReference
{
    private protected ModelReference()
    {
    }

    /// <summary>The argument as it was given.</summary>
    public abstract string Text { get; }

    /// <summary>Finds what a text means. Nothing is opened, and a file that must exist may be missing.</summary>
    /// <param name="text">
    /// A file, the name of hosted weights (<c>nano</c> … <c>seg-2xlarge</c>), or one of <see cref="BuiltInModels.Names"/>.
    /// </param>
    /// <exception cref="ArgumentException">It is none of them; the message names those that are near.</exception>
    public static ModelReference Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        if (BuiltInModels.Contains(text))
            return new BuiltIn(text);
        if (File.Exists(text) || text.Contains('/') || text.Contains('\\') || System.IO.Path.HasExtension(text))
            return System.IO.Path.GetExtension(text).Equals(".onnx", StringComparison.OrdinalIgnoreCase)
                ? new Onnx(text)
                : new CheckpointFile(text);
        return new Hosted(text, HostedWeights.Find(text));
    }

    /// <summary>The file behind it; null for a built-in model, which has none.</summary>
    /// <param name="acceptLicense">The caller accepts the license of weights that ask for it.</param>
    /// <exception cref="FileNotFoundException">
    /// There is neither such a file nor such weights in the cache; the message says what to do.
    /// </exception>
    /// <exception cref="LicenseNotAcceptedException">The hosted weights' license must be accepted first.</exception>
    public abstract string? Locate(bool acceptLicense);

    /// <summary>Opens the checkpoint behind it.</summary>
    /// <param name="averaged">Takes the averaged (EMA) weights of a file that has both.</param>
    /// <param name="acceptLicense">The caller accepts the license of weights that ask for it.</param>
    /// <exception cref="FileNotFoundException">As for <see cref="Locate"/>.</exception>
    /// <exception cref="ArgumentException">It is an ONNX file.</exception>
    /// <exception cref="CheckpointFormatException">The file is not a valid checkpoint.</exception>
    internal virtual Checkpoint OpenCheckpoint(bool averaged, bool acceptLicense) =>
        Checkpoint.Open(Locate(acceptLicense)!, new CheckpointOptions { PreferEma = averaged });

    /// <summary>The argument.</summary>
    public sealed override string ToString() => Text;

    private static string Existing(string path) =>
        File.Exists(path) ? path : throw new FileNotFoundException($"there is no model file '{path}'", path);

    /// <summary>A model that comes with the library.</summary>
    /// <param name="Name">One of <see cref="BuiltInModels.Names"/>.</param>
    public sealed record BuiltIn(string Name) : ModelReference
    {
        /// <inheritdoc/>
        public override string Text => Name;

        /// <inheritdoc/>
        public override string? Locate(bool acceptLicense) => null;

        /// <inheritdoc/>
        internal override Checkpoint OpenCheckpoint(bool averaged, bool acceptLicense) =>
            BuiltInModels.Open(Name, new CheckpointOptions { PreferEma = averaged })!;
    }

    /// <summary>Published weights, which lie in the cache once they were downloaded.</summary>
    /// <param name="Name">The name that was given, e.g. <c>nano</c>.</param>
    /// <param name="File">The published file.</param>
    public sealed record Hosted(string Name, HostedFile File) : ModelReference
    {
        /// <inheritdoc/>
        public override string Text => Name;

        /// <inheritdoc/>
        public override string? Locate(bool acceptLicense)
        {
            Licenses.Require(File.License, Name, acceptLicense);
            string cached = System.IO.Path.Combine(new DownloadOptions().ResolveFolder(), File.FileName);
            return System.IO.File.Exists(cached)
                ? cached
                : throw new FileNotFoundException(
                    $"the weights of '{Name}' are not in the cache ({cached}); fetch them once with: rfdetr download {Name}",
                    cached);
        }
    }

    /// <summary>A checkpoint: <c>.pth</c>, <c>.pt</c>, <c>.ckpt</c>, <c>.safetensors</c>.</summary>
    /// <param name="Path">The file.</param>
    public sealed record CheckpointFile(string Path) : ModelReference
    {
        /// <inheritdoc/>
        public override string Text => Path;

        /// <inheritdoc/>
        public override string? Locate(bool acceptLicense) => Existing(Path);
    }

    /// <summary>An ONNX file.</summary>
    /// <param name="Path">The file.</param>
    public sealed record Onnx(string Path) : ModelReference
    {
        /// <inheritdoc/>
        public override string Text => Path;

        /// <inheritdoc/>
        public override string? Locate(bool acceptLicense) => Existing(Path);

        /// <inheritdoc/>
        internal override Checkpoint OpenCheckpoint(bool averaged, bool acceptLicense) =>
            throw new ArgumentException(
                $"'{Path}' is an ONNX file, which has no weights to load; name the checkpoint it was made of");
    }
}
