using RfDetr.Checkpoints;

namespace RfDetr;

/// <summary>A model ready to run.</summary>
internal sealed record LoadedModel(ModelCard Card, INetworkEngine Engine);

/// <summary>Finds out what a model argument means and opens it: one that comes with the library, a file, or the name of hosted weights in the cache.</summary>
internal static class ModelLoader
{
    public static LoadedModel Load(string model, DetectorOptions options)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options.Validate();
        if (BuiltInModels.Contains(model))
            return CheckpointModels.Load(model, options);
        string path = ResolvePath(model, options.AcceptLicense);
        return IsOnnx(path) ? OnnxModels.Load(path, options) : CheckpointModels.Load(model, options);
    }

    /// <summary>The checkpoint behind a model argument.</summary>
    /// <exception cref="FileNotFoundException">As for <see cref="ResolvePath"/>.</exception>
    public static Checkpoint OpenCheckpoint(string model, DetectorOptions options)
    {
        var how = new CheckpointOptions { PreferEma = options.PreferEma };
        return BuiltInModels.Open(model, how) ?? Checkpoint.Open(ResolvePath(model, options.AcceptLicense), how);
    }

    /// <summary>Digests of the file behind a model argument.</summary>
    /// <exception cref="FileNotFoundException">As for <see cref="ResolvePath"/>.</exception>
    public static FileDigests Digests(string model, bool acceptLicense) =>
        BuiltInModels.Contains(model) ? FileDigests.Of(BuiltInModels.Bytes(model).Span) : FileDigests.Of(ResolvePath(model, acceptLicense));

    /// <summary>The file behind a model argument.</summary>
    /// <exception cref="FileNotFoundException">There is neither such a file nor such weights in the cache; the message says what to do.</exception>
    public static string ResolvePath(string model, bool acceptLicense)
    {
        if (File.Exists(model))
            return model;
        if (LooksLikePath(model))
            throw new FileNotFoundException($"there is no model file '{model}'", model);
        HostedFile hosted = HostedWeights.Find(model);
        Licenses.Require(hosted.License, model, acceptLicense);
        string cached = Path.Combine(new DownloadOptions().ResolveFolder(), hosted.FileName);
        return File.Exists(cached)
            ? cached
            : throw new FileNotFoundException($"the weights of '{model}' are not in the cache ({cached}); fetch them once with: rfdetr download {model}", cached);
    }

    public static bool IsOnnx(string path) => Path.GetExtension(path).Equals(".onnx", StringComparison.OrdinalIgnoreCase);

    private static bool LooksLikePath(string model) =>
        model.Contains('/') || model.Contains('\\') || Path.GetExtension(model) is ".pth" or ".pt" or ".ckpt" or ".safetensors" or ".onnx";
}
