namespace RfDetr.Data;

/// <summary>Pascal VOC's layout. Its masks (images of class colors) are not read; difficult objects become crowds, which are not counted either way.</summary>
internal static class VocLayout
{
    /// <summary>Optional list of class names in order; without it the names found are sorted, which gives VOC's own order.</summary>
    public const string LabelsFile = "labels.txt";

    private static readonly string[] s_extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp"];

    public static (ClassTable, List<DataSplit>) Read(LayoutFinder.Found found, ProblemList problems)
    {
        Dictionary<string, VocAnnotation> all = ReadAll(Path.Combine(found.Root, "Annotations"), problems);
        ClassTable classes = Classes(found.Root, all);
        var indexes = classes.ToDictionary(c => c.Name, c => c.Index, StringComparer.Ordinal);
        var splits = new List<DataSplit>();
        foreach ((string name, List<string> stems, string source) in Lists(found.Root, all, problems))
        {
            string folder = Path.Combine(found.Root, "JPEGImages");
            var images = new List<LabeledImage>();
            foreach (string stem in stems)
            {
                if (all.TryGetValue(stem, out VocAnnotation? annotation))
                    images.Add(Image(images.Count + 1, folder, stem, annotation, indexes));
            }

            splits.Add(new DataSplit(name, folder, source, classes, MissingImages.Remove(images, source, folder, problems)));
        }

        return (classes, splits);
    }

    private static Dictionary<string, VocAnnotation> ReadAll(string folder, ProblemList problems)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal)];
        var read = new VocAnnotation?[files.Length];
        var failures = new DataSetFormatException?[files.Length];
        ManyAtOnce.For(files.Length, i =>
        {
            try
            {
                read[i] = VocAnnotation.Read(files[i]);
            }
            catch (DataSetFormatException e)
            {
                failures[i] = e;
            }
        });
        foreach (DataSetFormatException failure in failures.OfType<DataSetFormatException>())
            problems.Add(failure);
        return Enumerable.Range(0, files.Length).Where(i => read[i] is not null)
            .ToDictionary(i => Path.GetFileNameWithoutExtension(files[i]), i => read[i]!, StringComparer.Ordinal);
    }

    private static ClassTable Classes(string root, Dictionary<string, VocAnnotation> all)
    {
        var found = all.Values.SelectMany(a => a.Objects).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        string labels = Path.Combine(root, LabelsFile);
        string[] names = File.Exists(labels)
            ? [.. File.ReadLines(labels).Select(l => l.Trim()).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal)]
            : [.. found.Order(StringComparer.Ordinal)];
        if (found.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new DataSetFormatException(labels, $"has no class '{unknown}', which some annotations name; add it, or delete the file.");
        return names.Length > 0 ? ClassTable.FromNames(names) : throw new DataSetFormatException(root, "no annotation names an object; there is no class to learn.");
    }

    private static IEnumerable<(string Name, List<string> Stems, string Source)> Lists(string root, Dictionary<string, VocAnnotation> all, ProblemList problems)
    {
        string folder = Path.Combine(root, "ImageSets", "Main");
        string[] lists = Directory.Exists(folder)
            ? [.. Directory.EnumerateFiles(folder, "*.txt").Where(f => SplitNames.Rank(Path.GetFileNameWithoutExtension(f)) < 3).Order(StringComparer.Ordinal)]
            : [];
        if (lists.Length == 0)
        {
            yield return (LayoutFinder.SingleSplit, [.. all.Keys.Order(StringComparer.Ordinal)], Path.Combine(root, "Annotations"));
            yield break;
        }

        foreach (string list in lists)
        {
            List<string> stems = [.. File.ReadLines(list).Select(line => line.Trim()).Where(line => line.Length > 0).Select(line => line.Split((char[])[' ', '\t'], 2)[0])];
            string[] unknown = [.. stems.Where(stem => !all.ContainsKey(stem)).Take(3)];
            if (unknown.Length > 0)
                problems.Add(new DataSetFormatException(list, $"lists {string.Join(", ", unknown.Select(u => $"'{u}'"))}, but Annotations has no readable .xml file of that name."));
            yield return (Path.GetFileNameWithoutExtension(list), stems, list);
        }
    }

    private static LabeledImage Image(int id, string folder, string stem, VocAnnotation annotation, Dictionary<string, int> indexes)
    {
        string name = annotation.FileName is { } written && SafePaths.Below(folder, written) is { } path && File.Exists(path)
            ? SafePaths.Relative(folder, path)
            : s_extensions.Select(e => stem + e).FirstOrDefault(n => File.Exists(Path.Combine(folder, n))) ?? stem + s_extensions[0];
        LabeledObject[] objects =
        [
            .. annotation.Objects.Select((o, i) => new LabeledObject
            {
                Id = i + 1, ClassIndex = indexes[o.Name], Box = o.Box, Area = o.Box.Area, IsCrowd = o.Difficult,
            }),
        ];
        return new LabeledImage(id, Path.Combine(folder, name), name, annotation.Width, annotation.Height, objects);
    }
}
