namespace RfDetr.Tests;

/// <summary>
/// The golden forward passes by size: small networks are checked in every run, those of full size in <c>./test --all</c>.
/// </summary>
internal static class ForwardGoldens
{
    /// <summary>One network of each kind: one and two levels of features, with masks.</summary>
    public static readonly string[] Small = ["base-168", "nano-128", "seg-nano-120"];

    /// <summary>All others, sorted by name; every file is in exactly one of the two lists.</summary>
    public static string[] FullSize { get; } =
    [
        .. Directory.GetFiles(Goldens.Path("forward"), "*.safetensors").Select(f => Path.GetFileNameWithoutExtension(f))
            .Order(StringComparer.Ordinal).Except(Small),
    ];
}
