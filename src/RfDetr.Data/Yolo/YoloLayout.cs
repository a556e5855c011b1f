namespace RfDetr.Data;

/// <summary>
/// YOLO's layout: images in <c>…/images/…</c>, a label file of the same name in <c>…/labels/…</c> (or beside the image).
/// </summary>
internal static class YoloLayout
{
    private const long LargestList = 256L << 20;
    private const string ImagesFolder = "images", LabelsFolder = "labels";

    private static readonly string[] s_extensions =
        [".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".webp", ".tif", ".tiff", ".gif", ".avif", ".heic", ".jp2", ".jxl"];

    /// <summary>Reads a data set.</summary>
    /// <param name="found">Place of the data set.</param>
    /// <param name="options">Options for reading it.</param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="absent">Receives the splits that are named but not there, with the reason.</param>
    public static (ClassTable, List<DataSplit>) Read(
        LayoutFinder.Found found, DataSetOptions options, ProblemList problems, Dictionary<string, string> absent)
    {
        string file = found.Files[0].File;
        YoloConfig config = YoloConfig.Read(file);
        var here = new DataFolder(Path.GetDirectoryName(Path.GetFullPath(file))!, options.FollowLinks);
        if (!found.Named && !here.Allows(Path.GetFullPath(file), out string? problem))
            throw new DataSetFormatException(file, $"{problem}.");
        (DataFolder root, string from) = Root(here, config, found.Named);
        var reader = new SplitReader(root, from, config, ClassTable.FromNames(file, config.Names), problems);
        var splits = new List<DataSplit>();
        var failures = new List<DataSetFormatException>();
        foreach ((string name, IReadOnlyList<string> paths) in config.Splits)
        {
            // Roboflow names a test folder in every file, also where no test split was made.
            if (reader.Places(name, paths, failures) is { } places)
                splits.Add(reader.Read(name, paths, places));
        }

        // A split that nobody may ever ask for is no reason to refuse the others; where nothing is left, it is.
        foreach (DataSetFormatException failure in failures)
        {
            if (splits.Count == 0)
                problems.Add(failure);
            string reason = failure.Message[(failure.File.Length + 2)..];
            absent[reason[..reason.IndexOf(':', StringComparison.Ordinal)]] = reason;
            problems.Flaw(DataFlaw.MissingSplit, file, reason);
        }

        return (reader.Classes, splits);
    }

    /// <summary>The last folder "images" on the way becomes "labels"; else the label file lies beside the image.</summary>
    internal static string LabelFile(string image)
    {
        string beside = Path.ChangeExtension(image, ".txt");
        char slash = Path.DirectorySeparatorChar;
        string plain = slash == '/' ? beside : beside.Replace('/', slash);
        string images = $"{slash}{ImagesFolder}{slash}";
        int at = plain.LastIndexOf(images, StringComparison.Ordinal);
        if (at < 0)
            return beside;
        string labels = $"{plain[..at]}{slash}{LabelsFolder}{slash}{plain[(at + images.Length)..]}";
        return File.Exists(labels) || !File.Exists(beside) ? labels : beside;
    }

    /// <summary>True if a file is found as an image, which its extension decides.</summary>
    internal static bool IsImage(string file) => s_extensions.Contains(Path.GetExtension(file).ToLowerInvariant());

    /// <summary>
    /// The data set's folder and the one that paths count from. 'path:' is usually the writer's own absolute path, which means
    /// nothing here: it is followed below the file, and elsewhere only for a user who named this very file.
    /// </summary>
    private static (DataFolder Root, string From) Root(DataFolder here, YoloConfig config, bool named)
    {
        if (config.Place is null)
            return (here, here.Path);
        if (here.Find(here.Path, config.Place, out _) is { } below && Directory.Exists(below))
            return (here, below);
        string elsewhere = Path.GetFullPath(Path.Combine(here.Path, config.Place));
        return named && Directory.Exists(elsewhere) ? (here.Elsewhere(elsewhere), elsewhere) : (here, here.Path);
    }

    private sealed class SplitReader(DataFolder root, string from, YoloConfig config, ClassTable classes, ProblemList problems)
    {
        public ClassTable Classes => classes;

        /// <summary>The folders and lists of a split that are there; null if none is.</summary>
        public List<string>? Places(string name, IReadOnlyList<string> paths, List<DataSetFormatException> failures)
        {
            var places = new List<string>();
            var missing = new List<DataSetFormatException>();
            foreach (string path in paths)
            {
                if (Resolve(path, out string why) is { } place)
                    places.Add(place);
                else
                    missing.Add(
                        new DataSetFormatException(
                            config.File, $"{name}: '{path}' {why}; give a folder of images or a .txt list."));
            }

            // A split that is not there at all may never be asked for; one with a hole would be used without anybody noticing.
            if (places.Count > 0)
                missing.ForEach(problems.Add);
            else
                failures.AddRange(missing);
            return places.Count > 0 ? places : null;
        }

        public DataSplit Read(string name, IReadOnlyList<string> paths, List<string> places)
        {
            var files = new SortedSet<string>(StringComparer.Ordinal);
            string folder = paths.Count == 1 && Directory.Exists(places[0]) ? places[0] : root.Path;
            foreach (string place in places)
            {
                files.UnionWith(Directory.Exists(place)
                    ? root.Files(place, (path, why) => problems.Add(new DataSetFormatException(path, $"{why}."))).Where(IsImage)
                    : Listed(place));
            }

            if (files.Count == 0)
                problems.Add(
                    new DataSetFormatException(
                        config.File, $"{name}: no images in {string.Join(", ", paths.Select(p => $"'{p}'"))}."));
            string[] sorted = [.. files];
            var images = new LabeledImage?[sorted.Length];
            var failures = new List<DataSetFormatException>?[sorted.Length];
            ManyAtOnce.For(sorted.Length, i => images[i] = Image(i + 1, sorted[i], folder, failures[i] = []));
            foreach (DataSetFormatException failure in failures.SelectMany(f => f!))
                problems.Add(failure);
            return new DataSplit(name, folder, config.File, classes, [.. images.OfType<LabeledImage>()]);
        }

        private LabeledImage? Image(int id, string file, string folder, List<DataSetFormatException> failures)
        {
            try
            {
                string labels = LabelFile(file);
                if (!root.Allows(labels, out string? problem))
                    throw new DataSetFormatException(labels, $"{problem}.");
                if (!File.Exists(file))
                    throw new DataSetFormatException(
                        file, "is listed but cannot be opened: its name is not UTF-8, or it is a link to nothing; rename it.");
                ImageInfo info = ImageInfo.Read(file);
                List<LabeledObject> objects = YoloLabels.Read(
                    labels, classes.Count, config.Keypoints, info.Width, info.Height, problems, failures);
                return new LabeledImage(id, file, ImageNames.Relative(folder, file), info.Width, info.Height, objects);
            }
            catch (ImageContentException e)
            {
                failures.Add(new DataSetFormatException(file, e.Message[(file.Length + 2)..], e));
            }
            catch (DataSetFormatException e)
            {
                failures.Add(e);
            }

            return null;
        }

        // Roboflow writes '../train/images', meant from a folder below; as everybody does, a leading '../' is dropped where that
        // leads to a place that is there.
        private string? Resolve(string path, out string why)
        {
            why = $"is not below '{root.Path}', or not there";
            string plain = path.Replace('\\', '/');
            while (plain.StartsWith("../", StringComparison.Ordinal))
                plain = plain[3..];
            foreach (string start in (string[])[from, root.Path])
            {
                string? place = plain is "." or "./" ? start : root.Find(
                    start, plain, out string? problem) is { } found ? found : Why(problem, ref why);
                if (place is not null && (Directory.Exists(place) || File.Exists(place)))
                    return place;
            }

            return null;
        }

        private static string? Why(string? problem, ref string why)
        {
            if (problem?.StartsWith("is ", StringComparison.Ordinal) == true)
                why = problem; // a link that leads out, a path that is none; "leads out" is said already
            return null;
        }

        private IEnumerable<string> Listed(string list)
        {
            string beside = Path.GetDirectoryName(list)!;
            int number = 0;
            foreach (string line in TextFile.Lines(list, LargestList))
            {
                number++;
                string entry = line.Trim();
                if (entry.Length == 0)
                    continue;

                // './images/a.jpg' counts from the list's folder, as the COCO lists of YOLO's authors do; anything else from the
                // root.
                if (Resolve(entry, out string why) is { } file && File.Exists(file))
                    yield return file;
                else if (root.Find(beside, entry, out _) is { } other && File.Exists(other))
                    yield return other;
                else
                    problems.Add(
                        new DataSetFormatException(list, Invariant.Text($"line {number}: '{entry}' {why}.")));
            }
        }
    }
}
