using System.Globalization;

namespace RfDetr.Checkpoints;

/// <summary>
/// Finds a checkpoint's class map: a stored map wins; else names by the writing version's convention; else COCO for a head
/// of 91 without names; anything else is an error, never a guess.
/// </summary>
internal static class ClassMapRules
{
    /// <summary>From this version on rf-detr drops the grouping category and counts real classes from 0.</summary>
    private static readonly Version s_zeroBased = new(1, 9, 2);

    /// <summary>The class map of an open checkpoint.</summary>
    /// <exception cref="CheckpointFormatException">
    /// As for <see cref="Find(PlainMap, PlainMap, int, ClassMapOptions?)"/>.
    /// </exception>
    public static ClassMap Find(Checkpoint checkpoint, ClassMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        if (!checkpoint.TryGet(ShapeFacts.ClassHead, out Tensors.HostTensor? head) || head.Shape.Count != 2 || head.Shape[0] < 1)
            throw ShapeReader.Missing(ShapeFacts.ClassHead);
        return Find(checkpoint.Args, checkpoint.Metadata, head.Shape[0], options);
    }

    /// <summary>The class map of a head of <paramref name="classLogits"/> rows.</summary>
    /// <param name="args">The checkpoint's arguments (<c>class_names</c>).</param>
    /// <param name="metadata">Its metadata (<c>class_map</c>, <c>rfdetr_version</c>).</param>
    /// <param name="classLogits">Rows C of the class head.</param>
    /// <param name="options">The caller's own names and offset.</param>
    /// <exception cref="CheckpointFormatException">
    /// No rule gives a certain answer; the message asks for names or an offset.
    /// </exception>
    public static ClassMap Find(PlainMap args, PlainMap metadata, int classLogits, ClassMapOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(args);
        ArgumentNullException.ThrowIfNull(metadata);
        options ??= new ClassMapOptions();
        if (options.ClassNames is null && options.ClassOffset is null && metadata["class_map"] is { } stored)
            return ClassMapPlain.Read(stored, classLogits);

        if (
            options.ClassNames is null
                && options.ClassOffset is null && ClassMapPlain.ByLabel(args["class_names"], classLogits) is { } labeled)
            return labeled;

        string version = metadata["rfdetr_version"] as string ?? args["rfdetr_version"] as string ?? "";
        IReadOnlyList<string>? names = options.ClassNames ?? ClassMapPlain.Names(args["class_names"]);
        if (names is { Count: > 0 })
        {
            string whose = options.ClassNames is null ? "the checkpoint's class_names" : "the class names given";
            if (options.ClassOffset is { } offset)
                return Named(names, offset, classLogits, $"{whose}, first name at label {offset} as asked");
            if (IsZeroBased(version))
                return Named(
                    names, 0, classLogits, $"{whose}, label i is name i (written by rf-detr {version}, ≥ {s_zeroBased})");
            if (classLogits == names.Count + 1)
            {
                ClassMap map = Named(
                    names, 1, classLogits,
                    $"{whose}, label i + 1 is name i (written before rf-detr {s_zeroBased}, {classLogits} logits for "
                    + $"{names.Count} names)");
                return version.Length > 0 && char.IsAsciiDigit(version[0]) ? map : map with { Doubt = Doubt(names) };
            }

            if (classLogits == names.Count)
                return Named(names, 0, classLogits, $"{whose}, label i is name i ({classLogits} logits for as many names)");
            throw new CheckpointFormatException(
                $"the class head has {classLogits} logits, but there are {names.Count} class names (expected "
                    + $"{classLogits - 1} or {classLogits}); say what the logits mean with --class-names and --class-offset");
        }

        if (classLogits == CocoClasses.Logits && options.ClassOffset is null)
            return ClassMap.Coco;
        throw new CheckpointFormatException(
            $"the checkpoint stores no class names for its {classLogits} logits; give them with --class-names, and "
                + $"--class-offset 0 or 1 for the label of the first");
    }

    /// <summary>
    /// A head has one logit more than there are names whichever version wrote it; only which one is spare differs.
    /// </summary>
    private static string Doubt(IReadOnlyList<string> names) =>
        $"the file does not say which rf-detr wrote it, so class names may be one off: read as before {s_zeroBased}, logit 1 "
        + $"is '{names[0]}' and logit "
        + $"{names.Count} is '{names[^1]}'; from then on, logit 0 is '{names[0]}' and logit {names.Count - 1} is '{names[^1]}'. "
        + "Settle it with --class-offset 1 or --class-offset 0";

    private static ClassMap Named(IReadOnlyList<string> names, int offset, int classLogits, string source)
    {
        if (offset < 0 || offset + names.Count > classLogits)
            throw new CheckpointFormatException(
                $"{names.Count} class names from label {offset} on need {offset + names.Count} logits, the class head "
                    + $"has {classLogits}; check --class-names and --class-offset");

        // One-based labels are the data set's own ids; zero-based ones were renumbered.
        return new ClassMap(
            classLogits,
            names.Select((name, i) =>
                new ClassEntry(i + offset, name, offset == 1 ? i + offset : null)).Where(e => !string.IsNullOrWhiteSpace(e.Name)),
            source);
    }

    private static bool IsZeroBased(string version)
    {
        // "1.9.2", "1.12.0rc1", "1.10.0.post1": the leading numbers count.
        var numbers = new List<int>();
        foreach (string part in version.Split('.'))
        {
            int digits = part.AsSpan().IndexOfAnyExceptInRange('0', '9');
            ReadOnlySpan<char> lead = digits < 0 ? part : part.AsSpan(0, digits);
            if (!int.TryParse(lead, NumberStyles.None, CultureInfo.InvariantCulture, out int number))
                break;
            numbers.Add(number);
            if (digits >= 0)
                break;
        }

        return numbers.Count >= 2 && new Version(numbers[0], numbers[1], numbers.Count > 2 ? numbers[2] : 0) >= s_zeroBased;
    }
}

/// <summary>The caller's statements about the classes of a checkpoint; they override anything in the file.</summary>
internal sealed record ClassMapOptions
{
    /// <summary>Names in order; null: take the file's.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Label of the first name: 0 (rf-detr ≥ 1.9.2) or 1 (before); null: by the rule.</summary>
    public int? ClassOffset { get; init; }
}
