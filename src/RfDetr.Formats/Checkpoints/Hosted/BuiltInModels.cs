using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr;

/// <summary>
/// Models that come with the library, by name: no file, no download. Any verb takes them as it takes a file, training included.
/// </summary>
/// <remarks>
/// Each is an embedded safetensors file (<c>Models/NAME.safetensors</c>) that describes itself, with all query groups, so that it
/// can be fine-tuned.
/// </remarks>
public static class BuiltInModels
{
    /// <summary>The model that is taken where none is named.</summary>
    public const string Default = "demo";

    /// <summary>Their license.</summary>
    public const string License = Licenses.BuiltIn;

    private const string Extension = ".safetensors";

    /// <summary>Their names, the default first.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(BuiltInModels).Assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(Extension, StringComparison.Ordinal)).Select(n => n[..^Extension.Length])
            .OrderBy(n => n != Default).ThenBy(n => n, StringComparer.Ordinal),
    ];

    /// <summary>Opens a model as the checkpoint it is; null if none has that name.</summary>
    internal static Checkpoint? Open(string name) => Open(name, null);

    /// <summary>Opens a model as the checkpoint it is; null if none has that name.</summary>
    internal static Checkpoint? Open(string name, CheckpointOptions? options) =>
        Contains(name) ? Checkpoint.Read(Bytes(name), $"'{name}'", options) : null;

    /// <summary>True if a model has that name.</summary>
    public static bool Contains(string name) => Names.Contains(name);

    /// <summary>The whole file of a model that <see cref="Contains"/> knows.</summary>
    internal static ReadOnlyMemory<byte> Bytes(string name)
    {
        using Stream stream = typeof(BuiltInModels).Assembly.GetManifestResourceStream(name + Extension)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A configuration under the model's own name: shapes alone would make it <c>custom</c>.</summary>
    internal static ModelConfig Named(ModelConfig config, string model) =>
        Contains(model) ? config with { Variant = model } : config;
}
