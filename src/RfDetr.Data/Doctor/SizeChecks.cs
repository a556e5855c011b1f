namespace RfDetr.Data;

/// <summary>
/// Checks for what the network cannot see whatever it learns: objects smaller than a patch, more objects than queries.
/// </summary>
internal static class SizeChecks
{
    /// <summary>COCO's scores count this many detections of an image.</summary>
    private const int CocoMost = 100;

    public static void Run(DataSplit split, DoctorOptions options, FindingList found)
    {
        List<string> tiny = [], crowded = [], manyForCoco = [];
        long all = 0, seen = 0;
        foreach (LabeledImage image in split.Images)
        {
            double scaleX = (double)options.Resolution / image.Width, scaleY = (double)options.Resolution / image.Height;
            int count = 0;
            foreach (LabeledObject o in image.Objects)
            {
                if (o.IsCrowd || !o.Box.HasArea)
                    continue;
                count++;
                if (o.Box.Width * scaleX < options.Patch && o.Box.Height * scaleY < options.Patch)
                    tiny.Add(ObjectChecks.Where(image, o));
            }

            all += count;
            seen += Math.Min(count, options.Queries);
            string entry = Invariant.Text($"{image.Name}: {count} objects");
            if (count > options.Queries)
                crowded.Add(entry);
            else if (count > CocoMost)
                manyForCoco.Add(entry);
        }

        found.Add(FindingLevel.Warning, "object-tiny", split.Name, tiny, n => Invariant.Text(
            $"{Invariant.Plural(n, "object is", "objects are")} smaller than a patch ({options.Patch}×{options.Patch}) "
                + $"once the image is {options.Resolution}×{options.Resolution}: {100.0 * n / Math.Max(all, 1):0.#} % of all. "
                + $"A higher resolution or tiles help."));
        found.Add(FindingLevel.Warning, "queries", split.Name, crowded, n => Invariant.Text(
            $"{Invariant.Plural(n, "image has", "images have")} more objects than the network has queries "
                + $"({options.Queries}); recall cannot exceed {100.0 * seen / Math.Max(all, 1):0.#} % on this split. More "
                + $"queries or tiles help."));
        found.Add(FindingLevel.Note, "max-dets", split.Name, manyForCoco, n => Invariant.Text(
            $"{Invariant.Plural(n, "image has", "images have")} more than {CocoMost} objects; COCO's scores count "
                + $"{CocoMost} detections of an image, so its recall is capped there."));
    }
}
