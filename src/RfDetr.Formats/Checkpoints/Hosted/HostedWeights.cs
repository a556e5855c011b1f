using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Checkpoints;

/// <summary>The published weight files: names, places and digests as in rf-detr 1.4.1 to 1.12.0.</summary>
public static class HostedWeights
{
    private const string PlusNote =
        "Detection weights under PML-1.0; the segmentation weights seg-xlarge and seg-2xlarge are Apache-2.0. Newer "
            + "releases serve it from https://repo.roboflow.com/rfdetr/.";

    /// <summary>Address that the table's remote paths are relative to.</summary>
    public static Uri BaseAddress { get; } = new("https://storage.googleapis.com/rfdetr/");

    /// <summary>
    /// Files that this library can run. The first file of a variant is the one that the variant's name stands for.
    /// </summary>
    public static IReadOnlyList<HostedFile> All { get; } =
    [
        Apache("nano", "rf-detr-nano.pth", "nano_coco/checkpoint_best_regular.pth", "fb6504cce7fbdc783f7a46991f07639f"),
        Apache("small", "rf-detr-small.pth", "small_coco/checkpoint_best_regular.pth", "fb37061c1af7bace359c91b723a8d5c1"),
        Apache("medium", "rf-detr-medium.pth", "medium_coco/checkpoint_best_regular.pth", "7223f764a87b863f02eb8d52bf0ce2ee"),
        Apache("large", "rf-detr-large-2026.pth", "rf-detr-large-2026.pth", "5cb72153541cbcb9aa6efa26222acc75"),
        new(
            "rf-detr-xlarge.pth", "platform-licensed/rf-detr-xlarge.pth", "6ddf834f2bc5bed3214a82f9b0aaeed7", "xlarge",
            WeightsLicense.PlatformModel, PlusNote),
        new(
            "rf-detr-xxlarge.pth", "platform-licensed/rf-detr-xxlarge.pth", "e3204689c1f0280427e4c33e6a2ac6cd", "2xlarge",
            WeightsLicense.PlatformModel, PlusNote),
        Apache(
            "base", "rf-detr-base.pth", "rf-detr-base-coco.pth", "b4d3ce46099eaed50626ede388caf979",
            "Deprecated by its publisher since 1.7."),
        Apache(
            "base", "rf-detr-base-2.pth", "rf-detr-base-2.pth", "462f4d9df407ddc1812f42614040e913", "A second training of base."),
        Apache(
            "base", "rf-detr-base-o365.pth", "top-secret-1234/lwdetr_dinov2_small_o365_checkpoint.pth",
            "d93f4921ccbb0f0a2e4364bed290892b", "Trained on Objects365; a start for training, not for COCO classes."),
        Apache(
            "large-deprecated", "rf-detr-large.pth", "rf-detr-large.pth", "992c8e862aa733a7bb2777e45d49f1a0",
            "The large of 2025; 'large' is rf-detr-large-2026.pth."),
        Apache(
            "seg-preview", "rf-detr-seg-preview.pt", "rf-detr-seg-preview.pt", "e35820c28fb86080558123e47a5e49ca",
            "Deprecated by its publisher since 1.7."),
        Apache("seg-nano", "rf-detr-seg-nano.pt", "rf-detr-seg-n-ft.pth", "9995497791d0ff1664a1d9ddee9cfd20"),
        Apache("seg-small", "rf-detr-seg-small.pt", "rf-detr-seg-s-ft.pth", "0a2a3006381d0c42853907e700eadd08"),
        Apache("seg-medium", "rf-detr-seg-medium.pt", "rf-detr-seg-m-ft.pth", "a49af1562c3719227ad43d0ca53b4c7a"),
        Apache("seg-large", "rf-detr-seg-large.pt", "rf-detr-seg-l-ft.pth", "275f7b094909544ed2841c94a677d07e"),
        Apache("seg-xlarge", "rf-detr-seg-xlarge.pt", "rf-detr-seg-xl-ft.pth", "3693b35d0eea86ebb3e0444f4a611fba"),
        Apache("seg-2xlarge", "rf-detr-seg-xxlarge.pt", "rf-detr-seg-2xl-ft.pth", "040bc3412af840fa8a47e0ff69b552ba"),
    ];

    /// <summary>Published networks that this library cannot run, by variant name, with the reason.</summary>
    public static IReadOnlyDictionary<string, string> Unsupported { get; } =
        new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["keypoint-preview"] = "it has keypoint heads",
            ["keypoint-preview-xlarge"] = "it has keypoint heads",
            ["atto"] = "it has a PE-Core encoder",
            ["femto"] = "it has a PE-Core encoder",
            ["pico"] = "it has a PE-Core encoder",
        };

    /// <summary>
    /// Finds a file by variant name (<c>nano</c>) or file name (<c>rf-detr-nano.pth</c>, with or without ending), ignoring case.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// There is none; the message names the nearest ones, or why the network is not supported.
    /// </exception>
    public static HostedFile Find(string name) => TryFind(name, out HostedFile? file) ? file : throw NotFound(name);

    /// <summary>As <see cref="Find"/>; false if there is none.</summary>
    public static bool TryFind(string name, [NotNullWhen(true)] out HostedFile? file)
    {
        ArgumentNullException.ThrowIfNull(name);
        file = All.FirstOrDefault(f => Same(f.Variant, name))
            ?? All.FirstOrDefault(f => Same(f.FileName, name) || Same(Path.GetFileNameWithoutExtension(f.FileName), name));
        return file is not null;
    }

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static HostedFile Apache(string variant, string fileName, string remotePath, string md5, string? note = null) =>
        new(fileName, remotePath, md5, variant, WeightsLicense.Apache, note);

    private static ArgumentException NotFound(string name)
    {
        string stem = Path.GetFileNameWithoutExtension(name);
        stem = stem.StartsWith("rf-detr-", StringComparison.OrdinalIgnoreCase) ? stem["rf-detr-".Length..] : stem;
        if (Unsupported.TryGetValue(stem, out string? reason))
            return new($"weights '{name}' are published but not supported here: {reason}", nameof(name));
        string[] known = [.. All.Select(f => f.Variant).Distinct()];
        string[] near = NearestNames.Find(name, [.. known, .. All.Select(f => f.FileName)]);
        string hint = near.Length > 0
            ? $"did you mean {string.Join(" or ", near.Select(n => $"'{n}'"))}?"
            : $"there are {string.Join(", ", known)}";
        return new($"there are no published weights '{name}'; {hint}", nameof(name));
    }
}
