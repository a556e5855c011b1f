using RfDetr.Data;

namespace RfDetr.Tools;

/// <summary>
/// The class of a data set for each class of a model: by name, or as the caller says; never by guessing from numbers.
/// </summary>
public sealed class ClassMatching
{
    private const string Advice =
        "Say which is which, or count the missing ones as never found; 'rfdetr eval' has options for both: --class-map "
            + "MODEL=DATA,… and --allow-missing.";

    private ClassMatching(IReadOnlyDictionary<int, DataClass> byLabel, IReadOnlyList<string> notes) =>
        (ByLabel, Notes) = (byLabel, notes);

    /// <summary>The data set's class by the model's label; detections of other labels are left out.</summary>
    public IReadOnlyDictionary<int, DataClass> ByLabel { get; }

    /// <summary>Classes that only one side has, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The detections of one image in the data set's classes.</summary>
    public IEnumerable<FoundObject> Found(LabeledImage image, Detections found)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(found);
        foreach (Detection d in found.Items)
        {
            if (!ByLabel.TryGetValue(d.ClassId, out DataClass? known))
                continue;
            var box = new BoxXywh(d.Box.X1, d.Box.Y1, d.Box.Width, d.Box.Height);
            yield return new(image.Id, known.CategoryId, d.Score, box) { Mask = d.Mask };
        }
    }

    /// <summary>Matches by name alone; case, '_' and '-' do not matter.</summary>
    /// <param name="model">The model's classes.</param>
    /// <param name="split">The images; classes without objects there may be missing in the model.</param>
    /// <exception cref="ArgumentException">A class with objects is not among the model's; the message has both lists.</exception>
    public static ClassMatching ByName(ClassMap model, DataSplit split) => Of(model, split, [], allowMissing: false);

    /// <summary>Matches as the caller says, and the rest by name.</summary>
    /// <param name="model">The model's classes.</param>
    /// <param name="split">The images; classes without objects there may be missing in the model.</param>
    /// <param name="given">Pairs: the model's name or label, the data set's name or category id.</param>
    /// <param name="allowMissing">True: classes with objects may be missing in the model; they count as never found.</param>
    /// <exception cref="ArgumentException">A class cannot be matched; the message has both lists.</exception>
    public static ClassMatching Of(
        ClassMap model, DataSplit split, IReadOnlyList<KeyValuePair<string, string>> given, bool allowMissing = false)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(split);
        ArgumentNullException.ThrowIfNull(given);
        var byLabel = new Dictionary<int, DataClass>();
        foreach ((string from, string to) in given)
        {
            ClassEntry entry = Find(model.Entries, e => e.Name, e => e.Label, from) ?? throw Unknown("model", from, model, split);
            byLabel[entry.Label] = Find(split.Classes, c => c.Name, c => c.CategoryId, to)
                ?? throw Unknown("data set", to, model, split);
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
        if (needed.Length > 0 && !allowMissing)
        {
            string names = Quoted(needed.Select(c => c.Name));
            throw new ArgumentException(
                $"the model has no class {names} of the split '{split.Name}'; {Lists(model, split)}. {Advice}");
        }

        var notes = new List<string>();
        if (missing.Count > 0)
            notes.Add($"the model does not know {Quoted(missing.Select(c => c.Name))} of the data set");
        int extra = model.Entries.Count - byLabel.Count;
        if (extra > 0)
            notes.Add(
                $"{extra} of the model's {model.Entries.Count} classes are not in the data set; their detections are left out");
        return new(byLabel, notes);
    }

    private static T? Find<T>(IEnumerable<T> list, Func<T, string> name, Func<T, long> number, string wanted) where T : class =>
        list.FirstOrDefault(x => name(x) == wanted) ?? list.FirstOrDefault(x => Plain(name(x)) == Plain(wanted))
        ?? list.FirstOrDefault(x => Invariant.Text($"{number(x)}") == wanted);

    /// <summary>
    /// A name without differences that do not tell classes apart: case, and the characters that stand for a space.
    /// </summary>
    private static string Plain(string name) => name.Trim().Replace('_', ' ').Replace('-', ' ').ToLowerInvariant();

    private static ArgumentException Unknown(string whose, string name, ClassMap model, DataSplit split) =>
        new($"class map: the {whose} has no class '{name}'; {Lists(model, split)}");

    private static string Lists(ClassMap model, DataSplit split)
    {
        string known = Quoted(model.Entries.Select(e => Invariant.Text($"{e.Label} {e.Name}")));
        return $"the model has {known}, the data set "
            + $"{Quoted(split.Classes.Select(c => Invariant.Text($"{c.CategoryId} {c.Name}")))}";
    }

    private static string Quoted(IEnumerable<string> names)
    {
        const int Most = 100;
        string[] all = [.. names];
        string text = string.Join(", ", all.Take(Most).Select(n => $"'{n}'"));
        return all.Length > Most ? $"{text} and {all.Length - Most} more" : text;
    }
}
