using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>Which class of the data set a model's label stands for: by name, or as the user says; never by guessing from numbers.</summary>
internal sealed class ClassMatching
{
    private ClassMatching(IReadOnlyDictionary<int, DataClass> byLabel, IReadOnlyList<string> notes) => (ByLabel, Notes) = (byLabel, notes);

    /// <summary>Label → class of the data set; detections of other labels are left out.</summary>
    public IReadOnlyDictionary<int, DataClass> ByLabel { get; }

    /// <summary>What somebody should know, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>What a detector found, in the data set's classes.</summary>
    public IEnumerable<FoundObject> Found(LabeledImage image, Detections found)
    {
        foreach (Detection d in found.Items)
        {
            if (ByLabel.TryGetValue(d.ClassId, out DataClass? known))
                yield return new(image.Id, known.CategoryId, d.Score, new BoxXywh(d.Box.X1, d.Box.Y1, d.Box.Width, d.Box.Height)) { Mask = d.Mask };
        }
    }

    /// <summary>Matches by name alone, for verbs that have no options about it.</summary>
    /// <exception cref="ArgumentException">A class with objects is not among the model's; the message has both lists.</exception>
    public static ClassMatching ByName(ClassMap model, DataSplit split) => Of(model, split, [], allowMissing: false, advice: "'rfdetr eval' has options for such data.");

    /// <summary>Matches.</summary>
    /// <param name="model">The model's classes.</param>
    /// <param name="split">The images; classes without objects there may be missing in the model.</param>
    /// <param name="given">Pairs of the user: the model's name or label, the data set's name or category id.</param>
    /// <param name="allowMissing">Whether classes with objects may be missing in the model; they count as never found.</param>
    /// <param name="advice">What the message says to do where classes are missing.</param>
    /// <exception cref="ArgumentException">A class cannot be matched; the message has both lists.</exception>
    public static ClassMatching Of(
        ClassMap model, DataSplit split, IReadOnlyList<KeyValuePair<string, string>> given, bool allowMissing,
        string advice = "Say which is which with --class-map MODEL=DATA,…, or count what is missing as never found with --allow-missing.")
    {
        var byLabel = new Dictionary<int, DataClass>();
        foreach ((string from, string to) in given)
        {
            ClassEntry entry = Find(model.Entries, e => e.Name, e => e.Label, from) ?? throw Unknown("model", from, model, split);
            byLabel[entry.Label] = Find(split.Classes, c => c.Name, c => c.CategoryId, to) ?? throw Unknown("data set", to, model, split);
        }

        HashSet<int> used = [.. split.Images.SelectMany(p => p.Objects).Select(o => o.ClassIndex)];
        List<DataClass> missing = [];
        foreach (DataClass one in split.Classes.Where(c => !byLabel.ContainsValue(c)))
        {
            ClassEntry[] same = [.. model.Entries.Where(e => !byLabel.ContainsKey(e.Label) && Plain(e.Name) == Plain(one.Name))];
            if (same.Length > 1)
                same = [.. same.Where(e => e.DatasetId == one.CategoryId)];
            if (same is [var only])
                byLabel.Add(only.Label, one);
            else
                missing.Add(one);
        }

        DataClass[] needed = [.. missing.Where(c => used.Contains(c.Index))];
        if (needed.Length > 0 && (!allowMissing || byLabel.Count == 0))
            throw DoNotFit(needed, model, split, advice);
        var notes = new List<string>();
        if (missing.Count > 0)
            notes.Add($"the model does not know {Quoted(missing.Select(c => c.Name))} of the data set");
        if (model.Entries.Count > byLabel.Count)
            notes.Add($"{model.Entries.Count - byLabel.Count} of the model's {model.Entries.Count} classes are not in the data set; their detections are left out");
        return new(byLabel, notes);
    }

    private static T? Find<T>(IEnumerable<T> list, Func<T, string> name, Func<T, long> number, string wanted) where T : class =>
        list.FirstOrDefault(x => name(x) == wanted) ?? list.FirstOrDefault(x => Plain(name(x)) == Plain(wanted))
        ?? list.FirstOrDefault(x => FormattableString.Invariant($"{number(x)}") == wanted);

    /// <summary>Spelling that does not tell classes apart: case, and what stands for a space.</summary>
    private static string Plain(string name) => name.Trim().Replace('_', ' ').Replace('-', ' ').ToLowerInvariant();

    private static ArgumentException Unknown(string whose, string name, ClassMap model, DataSplit split) =>
        new($"--class-map: the {whose} has no class '{name}'; {Lists(model, split)}");

    private static ArgumentException DoNotFit(DataClass[] missing, ClassMap model, DataSplit split, string advice) =>
        new($"the model has no class {Quoted(missing.Select(c => c.Name))} of the split '{split.Name}'; {Lists(model, split)}. {advice}");

    private static string Lists(ClassMap model, DataSplit split) =>
        $"the model has {Quoted(model.Entries.Select(e => FormattableString.Invariant($"{e.Label} {e.Name}")))}, the data set {Quoted(split.Classes.Select(c => FormattableString.Invariant($"{c.CategoryId} {c.Name}")))}";

    private static string Quoted(IEnumerable<string> names)
    {
        const int Most = 100;
        string[] all = [.. names];
        string text = string.Join(", ", all.Take(Most).Select(n => $"'{n}'"));
        return all.Length > Most ? $"{text} and {all.Length - Most} more" : text;
    }
}
