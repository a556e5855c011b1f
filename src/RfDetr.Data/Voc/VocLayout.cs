namespace RfDetr.Data;

/// <summary>
/// Pascal VOC's layout, or its files beside their images, as LabelImg saves them and Roboflow exports them, in a folder for each
/// split or in one. Masks (images of class colors) are not read; difficult objects become crowds, which are not counted either
/// way.
/// </summary>
internal static class VocLayout
{
    /// <summary>
    /// Optional list of class names in order; without it the names found are sorted, which gives VOC's own order.
    /// </summary>
    public const string LabelsFile = "labels.txt";

    /// <summary>The folder of the images.</summary>
    public const string ImagesFolder = "JPEGImages";

    private const string AnnotationsFolder = "Annotations";
    private const long LargestList = 64L << 20;

    /// <summary>Reads a data set.</summary>
    public static (ClassTable, List<DataSplit>) Read(LayoutFinder.Found found, DataSetOptions options, ProblemList problems)
    {
        var root = new DataFolder(found.Root, options.FollowLinks);
        (string? Split, string Annotations, string Images)[] places = found.Files.Count == 0
            ? [(null, Path.Combine(root.Path, AnnotationsFolder), Path.Combine(root.Path, ImagesFolder))]
            : [.. found.Files.Select(f => ((string?)f.Split, f.File, f.File))];
        Dictionary<string, VocAnnotation>[] read = [.. places.Select(p => ReadAll(root, p.Annotations, problems))];
        ClassTable classes = Classes(root, read.SelectMany(all => all.Values));
        var indexes = classes.ToDictionary(c => c.Name, c => c.Index, StringComparer.Ordinal);
        var splits = new List<DataSplit>();
        foreach (((string? split, string annotations, string folder), Dictionary<string, VocAnnotation> all) in places.Zip(read))
        {
            ILookup<string, string> byStem = Images(root, folder, problems)
                .ToLookup(f => Path.GetFileNameWithoutExtension(f), StringComparer.Ordinal);
            IEnumerable<(string Name, List<string> Stems, string Source)> lists =
                split is null ? Lists(root, all, problems) : [(split, All(all), annotations)];
            foreach ((string name, List<string> stems, string source) in lists)
            {
                List<LabeledImage> images =
                    [.. stems.Where(all.ContainsKey).Select((s, i) => Image(i + 1, root, folder, byStem[s], s, all[s], indexes))];
                images = MissingImages.Remove(images, source, folder, problems);
                splits.Add(
                    new DataSplit(name, folder, source, classes, OwnSizes.Fill(images, source, problems, (_, image) => image)));
            }
        }

        return (classes, splits);
    }

    private static IEnumerable<string> Images(DataFolder root, string folder, ProblemList problems) =>
        root.Files(folder, (path, why) => problems.Add(new DataSetFormatException(path, $"{why}."))).Where(YoloLayout.IsImage);

    private static List<string> All(Dictionary<string, VocAnnotation> all) => [.. all.Keys.Order(StringComparer.Ordinal)];

    private static Dictionary<string, VocAnnotation> ReadAll(DataFolder root, string folder, ProblemList problems)
    {
        string[] files = [.. Directory.EnumerateFiles(folder, "*.xml").Order(StringComparer.Ordinal)];
        var read = new VocAnnotation?[files.Length];
        var failures = new DataSetFormatException?[files.Length];
        ManyAtOnce.For(files.Length, i =>
        {
            try
            {
                read[i] = root.Allows(files[i], out string? problem)
                    ? VocAnnotation.Read(files[i])
                    : throw new DataSetFormatException(files[i], $"{problem}.");
            }
            catch (DataSetFormatException e)
            {
                failures[i] = e;
            }
        });
        for (int i = 0; i < files.Length; i++)
        {
            foreach (DataSetFormatException fault in failures[i] is { } failure ? [failure] : read[i]!.Faults)
                problems.Add(fault);
        }

        return Enumerable.Range(0, files.Length).Where(i => read[i] is not null)
            .ToDictionary(i => Path.GetFileNameWithoutExtension(files[i]), i => read[i]!, StringComparer.Ordinal);
    }

    private static ClassTable Classes(DataFolder root, IEnumerable<VocAnnotation> all)
    {
        var found = all.SelectMany(a => a.Objects).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        string labels = Path.Combine(root.Path, LabelsFile);
        string[] names = File.Exists(labels) && root.Allows(labels, out _)
            ? [
                .. TextFile.Lines(labels, LargestList)
                    .Select(l => l.Trim()).Where(l => l.Length > 0).Distinct(StringComparer.Ordinal)
            ]
            : [.. found.Order(StringComparer.Ordinal)];
        if (found.Except(names, StringComparer.Ordinal).FirstOrDefault() is { } unknown)
            throw new DataSetFormatException(
                labels, $"has no class '{unknown}', which some annotations name; add it, or delete the file.");
        return names.Length > 0
            ? ClassTable.FromNames(root.Path, names)
            : throw new DataSetFormatException(root.Path, "no annotation names an object; there is no class to learn.");
    }

    private static IEnumerable<(string Name, List<string> Stems, string Source)> Lists(
        DataFolder root, Dictionary<string, VocAnnotation> all, ProblemList problems)
    {
        string folder = Path.Combine(root.Path, "ImageSets", "Main");
        string[] lists = Directory.Exists(folder) && root.Allows(folder, out _)
            ? [
                .. Directory.EnumerateFiles(folder, "*.txt")
                    .Where(f => SplitNames.Rank(Path.GetFileNameWithoutExtension(f)) < 3).Order(StringComparer.Ordinal)
            ]
            : [];
        if (lists.Length == 0)
        {
            yield return (LayoutFinder.SingleSplit, All(all), Path.Combine(root.Path, AnnotationsFolder));
            yield break;
        }

        foreach (string list in lists)
        {
            if (!root.Allows(list, out string? problem))
            {
                problems.Add(new DataSetFormatException(list, $"{problem}."));
                continue;
            }

            List<string> stems =
                [.. TextFile.Lines(list, LargestList).Select(l => l.Trim()).Where(l => l.Length > 0).Select(l => Stem(l, all))];
            string[] unknown = [.. stems.Where(stem => !all.ContainsKey(stem)).Take(3)];
            if (unknown.Length > 0)
            {
                problems.Add(new DataSetFormatException(
                    list,
                    $"lists {string.Join(", ", unknown.Select(u => $"'{u}'"))}, but Annotations has no readable .xml file of "
                    + "that name."));
            }

            yield return (Path.GetFileNameWithoutExtension(list), stems, list);
        }
    }

    // VOC's lists of one class have '1' or '-1' behind the name; a name may have a blank itself.
    private static string Stem(string line, Dictionary<string, VocAnnotation> all) =>
        all.ContainsKey(line) ? line : line.Split((char[])[' ', '\t'], 2)[0];

    private static LabeledImage Image(
        int id, DataFolder root, string folder, IEnumerable<string> sameStem, string stem, VocAnnotation annotation,
        Dictionary<string, int> indexes)
    {
        string path = annotation.FileName is { } written && root.Find(folder, written, out _) is { } named && File.Exists(named)
            ? named
            : sameStem.FirstOrDefault() ?? Path.Combine(folder, stem + ".jpg");
        LabeledObject[] objects =
        [
            .. annotation.Objects.Select((o, i) => new LabeledObject
            {
                Id = i + 1, ClassIndex = indexes[o.Name], Box = o.Box, Area = o.Box.Area, IsCrowd = o.Difficult,
            }),
        ];
        return new LabeledImage(id, path, ImageNames.Relative(folder, path), annotation.Width, annotation.Height, objects);
    }
}
