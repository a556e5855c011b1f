using RfDetr.Checkpoints;
using RfDetr.Model;

namespace RfDetr;

/// <summary>Models that come with the library, by name: no file, no download. Any verb takes them as it takes a file, training included.</summary>
/// <remarks>Each is an embedded safetensors file (<c>Models/NAME.safetensors</c>) that describes itself, with all query groups, so that it can be fine-tuned.</remarks>
public static class BuiltInModels
{
    internal const string Licence = "Apache-2.0", Extension = ".safetensors";

    private static readonly string[] s_embedded =
    [
        .. typeof(BuiltInModels).Assembly.GetManifestResourceNames()
            .Where(n => n.EndsWith(Extension, StringComparison.Ordinal)).Select(n => n[..^Extension.Length]).Order(StringComparer.Ordinal),
    ];

    /// <summary>Their names; <c>demo</c> is always among them and stands first.</summary>
    public static IReadOnlyList<string> Names { get; } = [DemoModel.Name, .. s_embedded.Where(n => n != DemoModel.Name)];

    /// <summary>Opens a model as the checkpoint it is; null if none has that name.</summary>
    public static Checkpoint? Open(string name) => Open(name, null);

    internal static Checkpoint? Open(string name, CheckpointOptions? options) =>
        Contains(name) ? Checkpoint.Read(Bytes(name), $"'{name}'", options) : null;

    internal static bool Contains(string name) => Names.Contains(name);

    /// <summary>The whole file of a model that <see cref="Contains"/> knows.</summary>
    internal static ReadOnlyMemory<byte> Bytes(string name)
    {
        if (!s_embedded.Contains(name))
            return DemoModel.Bytes;
        using Stream stream = typeof(BuiltInModels).Assembly.GetManifestResourceStream(name + Extension)!;
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    /// <summary>A configuration under the model's own name: shapes alone would make it <c>custom</c>.</summary>
    internal static ModelConfig Named(ModelConfig config, string model) => Contains(model) ? config with { Variant = model } : config;
}
