using System.Globalization;

namespace RfDetr.Checkpoints;

/// <summary>Class maps as plain values, the way checkpoints of ours store them: a list of {label, name, dataset_id}.</summary>
internal static class ClassMapPlain
{
    public static PlainMap Write(ClassMap map) => new(
    [
        new("logits", (long)map.ClassLogits),
        new("source", map.Source),
        new("classes", map.Entries.Select(object? (e) => new PlainMap(
        [
            new("label", (long)e.Label), new("name", e.Name), new("dataset_id", e.DatasetId is { } id ? (long)id : null),
        ])).ToList()),
    ]);

    /// <exception cref="CheckpointFormatException">It is no class map, or not one for this head.</exception>
    public static ClassMap Read(object stored, int classLogits)
    {
        if (stored is not PlainMap map || !map.TryGet("classes", out List<object?>? classes))
            throw new CheckpointFormatException(
                "the stored class map is not a list of classes; give the names with --class-names and --class-offset");
        if (map["logits"] is long logits && logits != classLogits)
            throw new CheckpointFormatException(
                $"the stored class map is for {logits} logits, the class head has {classLogits}; give the names with "
                    + $"--class-names and --class-offset");
        try
        {
            return new ClassMap(classLogits, classes.Select(Entry), map["source"] is string source ? Stored(source) : Stored(""));
        }
        catch (ArgumentException e)
        {
            throw new CheckpointFormatException($"the stored class map is wrong: {e.Message}", e);
        }
    }

    /// <summary>
    /// Names that stand under their labels (rf-detr 1.4's <c>class_names</c> property is such a map); null if they do not.
    /// </summary>
    public static ClassMap? ByLabel(object? value, int classLogits)
    {
        if (value is not PlainMap { Count: > 0 } map)
            return null;
        var entries = new List<ClassEntry>();
        foreach ((object key, object? name) in map)
        {
            // Keys become text on their way through JSON.
            int label = key is long number and >= 0 and <= int.MaxValue ? (int)number
                : key is string text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int parsed)
                    ? parsed
                    : -1;
            if (label < 0 || name is not string)
                throw new CheckpointFormatException(
                    "the checkpoint's class_names are neither a list of names nor a map from labels to names; give them "
                        + "with --class-names and --class-offset");
            entries.Add(new ClassEntry(label, (string)name, label));
        }

        try
        {
            return new ClassMap(classLogits, entries, "the checkpoint's class_names, which map labels to names");
        }
        catch (ArgumentException e)
        {
            throw new CheckpointFormatException(
                $"the checkpoint's class_names do not fit its head: {e.Message}; give them with --class-names and --class-offset",
                e);
        }
    }

    /// <summary>Names in order; null if there are none.</summary>
    public static IReadOnlyList<string>? Names(object? value)
    {
        switch (value)
        {
            case null:
                return null;
            case IReadOnlyList<object?> list when list.All(n => n is string):
                return [.. list.Cast<string>()];
            case PlainMap { Count: 0 }:
                return null;
            default:
                throw new CheckpointFormatException(
                    "the checkpoint's class_names are not a list of names; give them with --class-names and --class-offset");
        }
    }

    private static string Stored(string source)
    {
        const string Prefix = "stored with the checkpoint";
        return source.Length == 0 || source.StartsWith(Prefix, StringComparison.Ordinal)
            ? (source.Length == 0 ? Prefix : source)
            : $"{Prefix} ({source})";
    }

    private static ClassEntry Entry(object? value) =>
        value is PlainMap entry && entry["label"] is long label and >= 0 and <= int.MaxValue && entry["name"] is string name
            ? new ClassEntry(
                (int)label, name, entry["dataset_id"] is long id and >= int.MinValue and <= int.MaxValue ? (int)id : null)
            : throw new CheckpointFormatException(
                "the stored class map has an entry without label or name; give the names with --class-names and --class-offset");
}
