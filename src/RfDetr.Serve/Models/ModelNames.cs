using RfDetr.Checkpoints;

namespace RfDetr.Serve;

/// <summary>
/// Names of models in requests. A name is looked up, never made into a path: it is one that the server was started with, a
/// built-in model, or published weights that are on this machine, by their name or by the ids that Roboflow's client knows.
/// </summary>
internal static class ModelNames
{
    private const int Longest = 128;

    // The ids into which Roboflow's client turns its aliases (rfdetr-nano → coco/38) before it asks.
    private static readonly Dictionary<string, string> s_roboflow = new(StringComparer.OrdinalIgnoreCase)
    {
        ["coco/36"] = "base",
        ["coco/38"] = "nano",
        ["coco/39"] = "small",
        ["coco/40"] = "medium",
        ["coco/50"] = "large",
        ["coco/47"] = "xlarge",
        ["coco/48"] = "2xlarge",
        ["coco-dataset-vdnr1/26"] = "seg-preview",
        ["coco-dataset-vdnr1/36"] = "seg-small",
        ["coco-dataset-vdnr1/37"] = "seg-medium",
        ["coco-dataset-vdnr1/38"] = "seg-large",
        ["coco-dataset-vdnr1/39"] = "seg-xlarge",
        ["coco-dataset-vdnr1/40"] = "seg-2xlarge",
        ["coco-dataset-vdnr1/41"] = "seg-nano",
    };

    /// <summary>True for letters, digits, '.', '_', '-' and one '/' between two such parts.</summary>
    public static bool IsName(string text)
    {
        if (text.Length is 0 or > Longest)
            return false;
        string[] parts = text.Split('/');
        return parts.Length <= 2 && parts.All(part =>
            part.Length > 0 && part is not ("." or "..")
            && part.All(PlainNames.Allows));
    }

    /// <summary>
    /// The first part of <c>NAME/VERSION</c>, whose second one is a number; null of anything else. The number says nothing about
    /// a file of the user's own, but a client of Roboflow that must name one may name any.
    /// </summary>
    public static string? WithoutVersion(string id) =>
        id.Split('/') is [var name, { Length: > 0 } version] && version.All(char.IsAsciiDigit) ? name : null;

    /// <summary>The name of a model argument: a file's without folder and ending, else the argument itself.</summary>
    public static string OwnName(string model)
    {
        string name = ModelReference.Parse(model) is ModelReference.CheckpointFile or ModelReference.Onnx
            ? Path.GetFileNameWithoutExtension(model)
            : model;
        string clean = PlainNames.Of(name);
        return clean.Length == 0 || clean.All(c => c is '.') ? "model" : clean[..Math.Min(clean.Length, Longest)];
    }

    /// <summary>
    /// The published or built-in model that an id stands for; null if it is none. <c>rfdetr-nano</c> and <c>rf-detr-nano</c> are
    /// <c>nano</c>, and so is <c>coco/38</c>.
    /// </summary>
    public static string? Known(string id)
    {
        if (!IsName(id))
            return null;
        if (BuiltInModels.Contains(id))
            return id;
        string name = s_roboflow.GetValueOrDefault(id, id);
        foreach (string prefix in (string[])["rfdetr-", "rf-detr-"])
        {
            if (name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase))
                name = name[prefix.Length..];
        }

        return HostedWeights.All.FirstOrDefault(f => f.Variant.Equals(name, StringComparison.OrdinalIgnoreCase))?.Variant;
    }
}
