namespace RfDetr.Data;

/// <summary>Classes without examples, with odd ids or names; splits that are missing or empty.</summary>
internal static class ClassChecks
{
    public static void Run(DataSet data, FindingList found)
    {
        foreach (DataSplit split in data.Splits)
            Split(data, split, found);
        Ids(data, found);
        string[] names =
        [
            .. data.Classes.GroupBy(c => c.Name.Trim(), StringComparer.OrdinalIgnoreCase)
                .Where(g => g.Count() > 1)
                .Select(g => string.Join(", ", g.Select(c => Invariant.Text($"{c.CategoryId} '{c.Name}'"))))
        ];
        found.Add(
            FindingLevel.Warning, "class-names", null, names,
            n =>
                $"{Invariant.Plural(n, "class name")} {(n == 1 ? "is" : "are")} given to several ids; the network "
                    + $"would have to tell equal things apart.");
        bool hasTrain = data.TryGetSplit("train", out _), hasValid = data.TryGetSplit("valid", out _);
        if (hasTrain != hasValid || (!hasTrain && data.Splits.Count < 2))
        {
            found.Add(FindingLevel.Warning, "split-missing", null, [string.Join(", ", data.Splits.Select(s => s.Name))],
                _ =>
                    $"there is no split '{(hasTrain ? "valid" : "train")}'; training needs 'train' to learn from and "
                        + $"'valid' to choose the best weights by.");
        }

        if (data.Classes.Grouping is { } group)
        {
            found.Add(FindingLevel.Note, "class-grouping", null, [group.Name],
                _ =>
                    Invariant.Text(
                        $"category {group.CategoryId} '{group.Name}' only groups the others (Roboflow) and is left out; "
                            + $"the first class is logit 0."));
        }
    }

    private static void Split(DataSet data, DataSplit split, FindingList found)
    {
        found.Add(
            FindingLevel.Error, "split-empty", split.Name, split.Images.Count == 0 ? [split.Source] : [],
            _ => "there are no usable images in this split.");
        if (split.Images.Count == 0)
            return;
        var counts = split.Images.SelectMany(p => p.Objects).Where(o => !o.IsCrowd).CountBy(o => o.ClassIndex).ToDictionary();
        string[] without = [.. data.Classes.Where(c => !counts.ContainsKey(c.Index)).Select(c => c.Name)];
        bool train = SplitNames.Plain(split.Name) == "train";
        found.Add(FindingLevel.Warning, "class-unused", split.Name, without,
            n =>
                $"{Invariant.Plural(n, "class has", "classes have")} no examples; "
                    + $"{(train ? "what is never shown is never learnt" : "nothing is measured for what is not there")}.");
        string[] empty = [.. split.Images.Where(p => p.Objects.Count == 0).Select(p => p.Name)];
        found.Add(FindingLevel.Note, "image-empty", split.Name, empty,
            n =>
                $"{Invariant.Plural(n, "image has", "images have")} no objects ({Share(n, split.Images.Count)}); they "
                    + $"are kept and teach what is no object.");
        if (train && counts.Count > 1 && counts.Values.Max() > 50 * counts.Values.Min())
        {
            int least = counts.MinBy(c => c.Value).Key;
            found.Add(
                FindingLevel.Note, "class-imbalance", split.Name,
                [.. counts.OrderBy(c => c.Value).Select(c => Name(data, c.Key) + Invariant.Text($": {c.Value}"))],
                _ =>
                    Invariant.Text(
                        $"the most frequent class has {counts.Values.Max()} objects, '{Name(data, least)}' has "
                            + $"{counts[least]}; repeat-factor sampling or class weights help."));
        }
    }

    private static void Ids(DataSet data, FindingList found)
    {
        if (data.Layout is not (DataSetLayout.Coco or DataSetLayout.RoboflowCoco))
            return;
        long first = data.Classes.Min(c => c.CategoryId), last = data.Classes.Max(c => c.CategoryId),
        holes = last - first + 1 - data.Classes.Count;
        bool asWritten = data.Classes.Rule == ClassRule.AsWritten;
        string logits = asWritten
            ? "as many as the greatest id and one"
            : "numbered without gaps, and the map is stored with the model";
        found.Add(asWritten ? FindingLevel.Warning : FindingLevel.Note, "class-ids", null,
            holes > 0 ? [.. data.Classes.Select(c => Invariant.Text($"{c.CategoryId} '{c.Name}'"))] : [],
            _ => Invariant.Text($"the category ids {first} to {last} have {holes} gaps; logits are {logits}."));
    }

    private static string Name(DataSet data, int index) =>
        data.Classes.TryGetByIndex(index, out DataClass? found) ? found.Name : Invariant.Text($"{index}");

    private static string Share(int part, int whole) => Invariant.Text($"{100.0 * part / whole:0.#} %");
}
