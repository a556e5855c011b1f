namespace RfDetr.Data;

/// <summary>Reads what a conversion wrote and compares it with what went in, before anybody else can see it.</summary>
internal static class ConversionProof
{
    /// <summary>Boxes may differ by so much, pixels.</summary>
    private const double BoxTolerance = 0.01;

    /// <summary>
    /// Masks of outlines may differ by this share of the way around their box, pixels of pixels: an outline may lie a fifth of a
    /// pixel off.
    /// </summary>
    private const double MaskTolerance = 0.25;

    /// <summary>Compares.</summary>
    /// <param name="before">The data set that was converted.</param>
    /// <param name="plan">The plan that was carried out.</param>
    /// <param name="folder">Folder that it was written to.</param>
    /// <param name="reading">Options that the data set was read with.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="DataSetFormatException">Something would be read back as something else.</exception>
    public static void Check(
        DataSet before, ConversionPlan plan, string folder, DataSetOptions reading, CancellationToken cancellation)
    {
        DataSet after;
        try
        {
            after = DataSet.Open(folder, reading with { Layout = plan.Layout });
        }
        catch (DataSetFormatException e)
        {
            throw plan.Refusal(
                $"what was written could not be read again: {e.Message.Replace(folder, "", StringComparison.Ordinal)}");
        }

        string[] names = [.. before.Classes.Select(c => c.Name)], read = [.. after.Classes.Select(c => c.Name)];
        if (!names.SequenceEqual(read))
            throw plan.Refusal($"the classes {string.Join(", ", names)} would be read back as {string.Join(", ", read)}.");
        var found = after.Splits
            .SelectMany(s => s.Images.Select(image => (Key: (s.Name, ImageNames.Relative(after.Path, image.File)), Image: image)))
            .GroupBy(i => i.Key).ToDictionary(g => g.Key, g => new Queue<LabeledImage>(g.Select(i => i.Image)));
        var pairs = new List<(PlannedImage Planned, LabeledImage Read)>(plan.Entries.Count);
        foreach (PlannedImage planned in plan.Entries)
        {
            string native = ImageNames.Relative(after.Path, Path.GetFullPath(Path.Combine(after.Path, planned.To)));
            if (!found.TryGetValue((planned.Split, native), out Queue<LabeledImage>? same)
                || !same.TryDequeue(out LabeledImage? image))
                throw plan.Refusal($"{ConversionPlan.Owner(planned)} would not be found again.");
            pairs.Add((planned, image));
        }

        if (found.Values.FirstOrDefault(q => q.Count > 0) is { } more)
            throw plan.Refusal($"an image '{more.Peek().Name}' would be found that was not there.");
        ManyAtOnce.For(
            pairs.Count, i => Compare(before, after, plan, pairs[i].Planned, pairs[i].Read), cancellation: cancellation);
    }

    private static void Compare(DataSet before, DataSet after, ConversionPlan plan, PlannedImage planned, LabeledImage read)
    {
        string owner = ConversionPlan.Owner(planned);
        if (planned.Objects.Count != read.Objects.Count)
            throw plan.Refusal($"the {planned.Objects.Count} objects of {owner} would be read back as {read.Objects.Count}.");
        for (int i = 0; i < read.Objects.Count; i++)
        {
            (LabeledObject a, LabeledObject b) = (planned.Objects[i], read.Objects[i]);
            string Where(LabeledObject o) => ObjectChecks.Where(planned.Image, o);
            if (Name(before, a) != Name(after, b) || a.IsCrowd != b.IsCrowd || !Near(a.Box, b.Box))
                throw plan.Refusal(
                    $"'{Name(before, a)}' {Where(a)} of {owner} would be read back as '{Name(after, b)}' {Where(b)}.");
            if (plan.Layout != DataSetLayout.Voc && !SameMask(plan, planned.Image, a, read, b))
                throw plan.Refusal($"the mask of '{Name(before, a)}' {Where(a)} of {owner} would be read back as another.");
        }
    }

    private static string Name(DataSet data, LabeledObject o) =>
        data.Classes.TryGetByIndex(o.ClassIndex, out DataClass? found) ? found.Name : "";

    private static bool Near(BoxXywh a, BoxXywh b) =>
        Math.Abs(a.X - b.X) <= BoxTolerance && Math.Abs(a.Y - b.Y) <= BoxTolerance
        && Math.Abs(a.Width - b.Width) <= BoxTolerance && Math.Abs(a.Height - b.Height) <= BoxTolerance;

    /// <summary>
    /// COCO holds masks as they are. YOLO's outline is compared with the one that was planned, which is as much of the mask as it
    /// can hold.
    /// </summary>
    private static bool SameMask(ConversionPlan plan, LabeledImage image, LabeledObject a, LabeledImage read, LabeledObject b)
    {
        bool none = a.Segmentation is null or CocoBrokenMask;
        if (plan.Layout != DataSetLayout.Yolo)
            return none
                ? b.Segmentation is null
                : b.Segmentation is not null && Written(a.Segmentation!) == Written(b.Segmentation);
        double[]? outline = none ? null : YoloOutline.Of(image, a, losses: null);
        if (outline is null || b.Segmentation is null)
            return outline is null == b.Segmentation is null;
        RleMask expected = RleMask.FromPolygons(image.Height, image.Width, [outline]), found = b.Mask(read)!;
        double difference = expected.Area + found.Area - 2.0 * expected.IntersectionArea(found);
        return difference <= 4 + MaskTolerance * 2 * (Math.Abs(b.Box.Width) + Math.Abs(b.Box.Height));
    }

    private static string Written(CocoSegmentation mask) => mask switch
    {
        CocoPolygons polygons =>
            string.Join(';', polygons.Outlines.Select(o => string.Join(',', o.Select(v => v.ToString("R", null))))),
        CocoRunLengths runs =>
            Invariant.Text($"{runs.Height}x{runs.Width}:{runs.Text ?? string.Join(',', runs.Counts!)}"),
        _ => "",
    };
}
