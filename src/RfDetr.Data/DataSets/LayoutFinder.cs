namespace RfDetr.Data;

/// <summary>Tells a data set's layout by the files that only that layout has.</summary>
internal static class LayoutFinder
{
    public const string RoboflowFile = "_annotations.coco.json";
    public const string SingleSplit = "all";

    private const int Shown = 8;

    /// <summary>A layout with the files that gave it away.</summary>
    /// <param name="Root">The data set's folder.</param>
    /// <param name="Layout">Its layout.</param>
    /// <param name="Files">
    /// COCO: split name → annotation file. YOLO: "" → data.yaml. VOC: none, or split name → folder where annotations lie beside
    /// their images.
    /// </param>
    /// <param name="Named">True if the user named the one file himself, and not the folder that it is in.</param>
    public sealed record Found(
        string Root, DataSetLayout Layout, IReadOnlyList<(string Split, string File)> Files, bool Named = false);

    public static Found Find(string path, DataSetLayout? wanted)
    {
        if (File.Exists(path))
            return OfFile(path);
        if (!Directory.Exists(path))
            throw new DataSetFormatException(path, "there is no such folder.");
        List<Found> found = [.. Layouts(path).Where(f => wanted is null || f.Layout == wanted)];
        return found switch
        {
            [var only] => only,
            [] => throw Nothing(path, wanted),
            _ => throw new DataSetFormatException(
                path,
                $"holds several layouts ({string.Join(", ", found.Select(f => f.Layout))}); say which one is meant "
                + "(DataSetOptions.Layout, --layout)."),
        };
    }

    private static Found OfFile(string path)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".json" => new(folder, DataSetLayout.RoboflowCoco, [(SingleSplit, path)], Named: true),
            ".yaml" or ".yml" => new(folder, DataSetLayout.Yolo, [("", path)], Named: true),
            _ => throw new DataSetFormatException(path, "is neither a folder, nor a COCO .json file, nor YOLO's data.yaml."),
        };
    }

    /// <summary>True if a folder holds a data set of any layout.</summary>
    public static bool IsDataSet(string folder) => Directory.Exists(folder) && Layouts(folder).Any();

    // VOC's files beside their images have no name of their own; they count only where nothing else does.
    private static List<Found> Layouts(string root)
    {
        List<Found> found = [.. Candidates(root)];
        if (found.Count > 0)
            return found;
        (string Split, string File)[] parts =
        [
            .. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
                .Where(folder => SplitNames.Rank(Path.GetFileName(folder)) < 3 && HoldsVocBesideImages(folder))
                .Select(folder => (Path.GetFileName(folder), folder)),
        ];
        if (parts.Length == 0 && HoldsVocBesideImages(root))
            parts = [(SingleSplit, root)];
        return parts.Length == 0 ? [] : [new Found(root, DataSetLayout.Voc, parts)];
    }

    private static bool HoldsVocBesideImages(string folder)
    {
        var annotated = Directory.EnumerateFiles(folder, "*.xml").Select(Path.GetFileNameWithoutExtension).ToHashSet();
        return annotated.Count > 0 && Directory.EnumerateFiles(folder)
            .Any(file => YoloLayout.IsImage(file) && annotated.Contains(Path.GetFileNameWithoutExtension(file)));
    }

    private static IEnumerable<Found> Candidates(string root)
    {
        (string Split, string File)[] roboflow =
        [
            .. Directory.EnumerateDirectories(root).Order(StringComparer.Ordinal)
                .Select(folder => (Path.GetFileName(folder), Path.Combine(folder, RoboflowFile)))
                .Where(split => File.Exists(split.Item2)),
        ];
        if (roboflow.Length > 0)
            yield return new(root, DataSetLayout.RoboflowCoco, roboflow);
        else if (File.Exists(Path.Combine(root, RoboflowFile)))
            yield return new(root, DataSetLayout.RoboflowCoco, [(SingleSplit, Path.Combine(root, RoboflowFile))]);

        string annotations = Path.Combine(root, "annotations");
        if (
            Directory.Exists(annotations)
                && Directory.GetFiles(annotations, "instances_*.json")
                    .Order(StringComparer.Ordinal).ToArray() is { Length: > 0 } files)
            yield return new(
                root, DataSetLayout.Coco,
                [.. files.Select(f => (Path.GetFileNameWithoutExtension(f)["instances_".Length..], f))]);

        string? yaml = new[] { "data.yaml", "data.yml" }.Select(name => Path.Combine(root, name)).FirstOrDefault(File.Exists);
        if (yaml is not null)
            yield return new(root, DataSetLayout.Yolo, [("", yaml)]);

        string voc = Path.Combine(root, "Annotations");
        if (
            Directory.Exists(voc)
                && Directory.Exists(Path.Combine(root, "JPEGImages")) && Directory.EnumerateFiles(voc, "*.xml").Any())
            yield return new(root, DataSetLayout.Voc, []);
    }

    private static DataSetFormatException Nothing(string path, DataSetLayout? wanted)
    {
        string[] entries =
        [
            .. Directory.EnumerateFileSystemEntries(path)
                .Select(e => Path.GetFileName(e)!).Order(StringComparer.Ordinal).Take(Shown + 1)
        ];
        string inside = entries.Length == 0
            ? "is empty"
            : $"holds {string.Join(", ", entries.Take(Shown))}{(entries.Length > Shown ? ", …" : "")}";
        return new DataSetFormatException(path,
            $"no data set{(wanted is null ? "" : $" of layout {wanted}")} found; the folder {inside}. Looked for "
                + $"train|valid|test/{RoboflowFile} (Roboflow COCO), "
            + "annotations/instances_*.json (COCO), data.yaml (YOLO), and Annotations/*.xml with JPEGImages/, or .xml files "
            + "beside their images, in train|valid|test or here (Pascal VOC).");
    }
}
