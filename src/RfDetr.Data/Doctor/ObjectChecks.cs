namespace RfDetr.Data;

/// <summary>Boxes and masks of one split, against their images' annotated sizes and each other.</summary>
internal static class ObjectChecks
{
    /// <summary>Rounding when annotations were made is no fault: boxes may reach this far beyond the image, pixels.</summary>
    private const double Slack = 1;

    /// <summary>From this IoU on, two objects of a class are one annotated twice.</summary>
    private const float SameBox = 0.95f;

    /// <summary>Below this IoU, a box is not its mask's.</summary>
    private const float MaskBox = 0.5f;

    public static void Run(DataSplit split, FindingList found)
    {
        List<string> empty = [], outside = [], beyond = [], doubled = [], brokenMasks = [], otherMasks = [], noMasks = [];
        var ids = new HashSet<long>(MixedHash.Instance);
        var repeated = new List<string>();
        bool cocoIds = split.Source.EndsWith(".json", StringComparison.OrdinalIgnoreCase);
        foreach (LabeledImage image in split.Images)
        {
            foreach (LabeledObject o in image.Objects)
            {
                if (cocoIds && !ids.Add(o.Id))
                    repeated.Add(Where(image, o));
                BoxXywh inside = o.Box.Clip(image.Width, image.Height);
                if (!o.Box.HasArea)
                    empty.Add(Where(image, o));
                else if (!inside.HasArea)
                    outside.Add(Where(image, o));
                else if (o.Box.Width - inside.Width > Slack || o.Box.Height - inside.Height > Slack)
                    beyond.Add(Where(image, o));
                CheckMask(image, o, brokenMasks, otherMasks, noMasks);
            }

            Doubled(image, doubled);
        }

        Report(split, found, empty, outside, beyond, doubled);
        found.Add(
            FindingLevel.Error, "mask-broken", split.Name, brokenMasks,
            n => $"{Invariant.Plural(n, "mask")} cannot be decoded, or {(n == 1 ? "is" : "are")} of another image's size.");
        found.Add(
            FindingLevel.Warning, "mask-box", split.Name, otherMasks,
            n =>
                $"{Invariant.Plural(n, "box does", "boxes do")} not belong to {(n == 1 ? "its mask" : "their masks")} "
                    + $"(IoU of box and mask's bounds below {MaskBox}).");
        bool some = split.Images.Any(p => p.Objects.Any(o => o.Segmentation is not null));
        found.Add(
            FindingLevel.Warning, "mask-missing", split.Name, some ? noMasks : [],
            n =>
                $"{Invariant.Plural(n, "object has", "objects have")} no mask while others have; a segmentation model "
                    + $"cannot be trained on this split.");
        found.Add(
            FindingLevel.Warning, "annotation-ids", split.Name, repeated,
            n =>
                $"{Invariant.Plural(n, "annotation id is", "annotation ids are")} used twice; pycocotools mixes such "
                    + $"annotations up.");
    }

    private static void Report(
        DataSplit split, FindingList found, List<string> empty, List<string> outside, List<string> beyond, List<string> doubled)
    {
        found.Add(
            FindingLevel.Error, "box-empty", split.Name, empty,
            n => $"{Invariant.Plural(n, "box has", "boxes have")} no area; training leaves {(n == 1 ? "it" : "them")} out.");
        found.Add(
            FindingLevel.Error, "box-outside", split.Name, outside,
            n =>
                $"{Invariant.Plural(n, "box lies", "boxes lie")} outside of the image; training leaves "
                    + $"{(n == 1 ? "it" : "them")} out. Are width and height, or corners and sizes, mixed up?");
        found.Add(
            FindingLevel.Warning, "box-beyond", split.Name, beyond,
            n =>
                $"{Invariant.Plural(n, "box reaches", "boxes reach")} more than a pixel beyond the image and will be clipped.");
        found.Add(
            FindingLevel.Warning, "box-duplicated", split.Name, doubled,
            n =>
                $"{Invariant.Plural(n, "object is", "objects are")} annotated twice (same class, IoU {SameBox} or "
                    + $"more); the network cannot find both.");
    }

    private static void CheckMask(LabeledImage image, LabeledObject o, List<string> broken, List<string> other, List<string> none)
    {
        if (o.Segmentation is null)
        {
            if (!o.IsCrowd)
                none.Add(Where(image, o));
            return;
        }

        try
        {
            RleMask mask = o.Mask(image)!;
            if (
                mask.Area == 0
                    || (
                        !o.IsCrowd
                            && mask.BoundingBox.ToXyxy().IoU(o.Box.ToXyxy()) < MaskBox
                                && Math.Min(o.Box.Width, o.Box.Height) > 4))
                other.Add(Where(image, o));
        }
        catch (DataSetFormatException e)
        {
            broken.Add($"{Where(image, o)}: {(e.InnerException ?? e).Message}");
        }
    }

    private static void Doubled(LabeledImage image, List<string> doubled)
    {
        LabeledObject[] objects = [.. image.Objects.Where(o => !o.IsCrowd && o.Box.HasArea).OrderBy(o => o.Box.X)];
        for (int i = 0; i < objects.Length; i++)
        {
            BoxXyxy a = objects[i].Box.ToXyxy();
            for (
                int j = i + 1;
                j < objects.Length && objects[j].Box.X <= objects[i].Box.X + (1 - SameBox) * objects[i].Box.Width + 1; j++)
            {
                if (objects[j].ClassIndex != objects[i].ClassIndex || a.IoU(objects[j].Box.ToXyxy()) < SameBox)
                    continue;
                doubled.Add(Where(image, objects[j]));
                break;
            }
        }
    }

    internal static string Where(LabeledImage image, LabeledObject o) =>
        Invariant.Text(
            $"{image.Name} object {o.Id} [{o.Box.X:0.##}, {o.Box.Y:0.##}, {o.Box.Width:0.##}, {o.Box.Height:0.##}]");
}
