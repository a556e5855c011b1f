
namespace RfDetr.Data;

/// <summary>YOLO's layout: images in <c>…/images/…</c>, a label file of the same name in <c>…/labels/…</c> (or beside the image).</summary>
internal static class YoloLayout
{
    private static readonly string[] s_extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".avif", ".heic"];

    public static (ClassTable, List<DataSplit>) Read(LayoutFinder.Found found, ProblemList problems)
    {
        YoloConfig config = YoloConfig.Read(found.Files[0].File);
        ClassTable classes = ClassTable.FromNames(config.Names);
        return (classes, [.. config.Splits.Select(split => Split(found.Root, config, split.Split, split.Paths, classes, problems))]);
    }

    private static DataSplit Split(string root, YoloConfig config, string name, IReadOnlyList<string> paths, ClassTable classes, ProblemList problems)
    {
        var files = new SortedSet<string>(StringComparer.Ordinal);
        string folder = paths.Count == 1 && Resolve(root, config, paths[0]) is { } one && Directory.Exists(one) ? one : root;
        foreach (string path in paths)
        {
            if (Resolve(root, config, path) is not { } place)
                problems.Add(new DataSetFormatException(config.File, $"{name}: '{path}' is not below '{root}', or not there; give a folder of images or a .txt list."));
            else if (Directory.Exists(place))
                files.UnionWith(Directory.EnumerateFiles(place, "*", SearchOption.AllDirectories).Where(IsImage));
            else
                files.UnionWith(Listed(root, config, place, problems));
        }

        if (files.Count == 0)
            problems.Add(new DataSetFormatException(config.File, $"{name}: no images in {string.Join(", ", paths.Select(p => $"'{p}'"))}."));
        string[] sorted = [.. files];
        var images = new LabeledImage?[sorted.Length];
        var failures = new DataSetFormatException?[sorted.Length];
        ManyAtOnce.For(sorted.Length, i =>
        {
            try
            {
                images[i] = Image(i + 1, sorted[i], folder, classes.Count);
            }
            catch (DataSetFormatException e)
            {
                failures[i] = e;
            }
        });
        foreach (DataSetFormatException failure in failures.OfType<DataSetFormatException>())
            problems.Add(failure);
        return new DataSplit(name, folder, config.File, classes, [.. images.OfType<LabeledImage>()]);
    }

    private static LabeledImage Image(int id, string file, string folder, int classes)
    {
        try
        {
            ImageInfo info = ImageInfo.Read(file);
            return new LabeledImage(id, file, SafePaths.Relative(folder, file), info.Width, info.Height, YoloLabels.Read(LabelFile(file), classes, info.Width, info.Height));
        }
        catch (ImageContentException e)
        {
            throw new DataSetFormatException(file, e.Message[(file.Length + 2)..], e);
        }
    }

    /// <summary>The last folder "images" on the way becomes "labels"; else the label file lies beside the image.</summary>
    internal static string LabelFile(string image)
    {
        string plain = Path.ChangeExtension(image, ".txt").Replace('\\', '/');
        int at = plain.LastIndexOf("/images/", StringComparison.Ordinal);
        string beside = Path.ChangeExtension(image, ".txt");
        if (at < 0)
            return beside;
        string labels = $"{plain[..at]}/labels/{plain[(at + "/images/".Length)..]}";
        return File.Exists(labels) || !File.Exists(beside) ? labels : beside;
    }

    // Roboflow writes '../train/images', meant from a folder below; as everybody does, a leading '../' is dropped where that leads to a place that is there.
    private static string? Resolve(string root, YoloConfig config, string path)
    {
        string plain = path.Replace('\\', '/');
        while (plain.StartsWith("../", StringComparison.Ordinal))
            plain = plain[3..];
        return new[] { config.Root, root }
            .Select(from => plain is "." or "./" ? from : SafePaths.Below(from, plain))
            .FirstOrDefault(place => Directory.Exists(place) || File.Exists(place));
    }

    private static IEnumerable<string> Listed(string root, YoloConfig config, string list, ProblemList problems)
    {
        int number = 0;
        foreach (string line in File.ReadLines(list))
        {
            number++;
            string entry = line.Trim();
            if (entry.Length == 0)
                continue;
            if (Resolve(root, config, entry) is { } file && File.Exists(file))
                yield return file;
            else
                problems.Add(new DataSetFormatException(list, FormattableString.Invariant($"line {number}: '{entry}' is not below '{root}', or not there.")));
        }
    }

    private static bool IsImage(string file) => s_extensions.Contains(Path.GetExtension(file).ToLowerInvariant());
}
