namespace RfDetr.Tracking;

/// <summary>A detection after merging.</summary>
/// <param name="Box">The box around all merged boxes.</param>
/// <param name="Score">The score by <see cref="MergeOptions.Score"/>.</param>
/// <param name="ClassId">The class of the best detection.</param>
/// <param name="Mask">All merged pixels; null without masks.</param>
/// <param name="Members">Indices of the detections that belong to it, the best first.</param>
public sealed record MergedDetection(BoxXyxy Box, float Score, int ClassId, TileMask? Mask, IReadOnlyList<int> Members);

/// <summary>
/// Merges detections of overlapping tiles. With masks, overlap is that of the masks, computed on run lengths at full resolution.
/// Equal scores keep the given order. Safe for use by several threads at once.
/// </summary>
public sealed class TileMerger
{
    private readonly MergeOptions _options;

    /// <summary>A merger.</summary>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    public TileMerger(MergeOptions? options = null)
    {
        _options = options ?? new MergeOptions();
        _options.Validate();
    }

    /// <summary>Merges all detections of an image, in descending order of score.</summary>
    /// <param name="detections">Detections of all tiles, and of the whole image, if it was looked at.</param>
    /// <param name="imageWidth">Width of the image in pixels.</param>
    /// <param name="imageHeight">Height of the image in pixels.</param>
    /// <exception cref="ArgumentException">A box or score is not finite, or only some detections have a mask.</exception>
    public IReadOnlyList<MergedDetection> Merge(IReadOnlyList<TileDetection> detections, int imageWidth, int imageHeight)
    {
        Require(detections);
        bool[] dropped = _options.DropCutAtSeams
            ? SeamRule.Dropped(detections, imageWidth, imageHeight, _options)
            : new bool[detections.Count];
        int[] left = [.. Enumerable.Range(0, detections.Count).Where(i => !dropped[i])];
        return [.. Groups(detections, left).Select(g => Join(detections, g)).OrderByDescending(m => m.Score)];
    }

    /// <summary>Merges what was found in the tiles of an image, in descending order of score.</summary>
    /// <param name="tiles">
    /// Each tile with its detections, in pixels of the tile. The whole image, if it was looked at, is a tile of the image's size.
    /// </param>
    /// <param name="imageWidth">Width of the image in pixels.</param>
    /// <param name="imageHeight">Height of the image in pixels.</param>
    /// <returns>Detections in pixels of the image; masks have its size. Times are those of all tiles together.</returns>
    /// <exception cref="ArgumentException">
    /// A tile does not lie in the image, its detections are of an image of another size, or only some detections have a mask.
    /// </exception>
    public Detections MergeTiles(IReadOnlyList<(PixelRect Tile, Detections Found)> tiles, int imageWidth, int imageHeight)
    {
        ArgumentNullException.ThrowIfNull(tiles);
        var image = new PixelRect(0, 0, imageWidth, imageHeight);
        var all = new List<TileDetection>();
        var names = new List<string>();
        StageTimes times = default;
        foreach ((PixelRect tile, Detections found) in tiles)
        {
            RequireFit(tile, found, image);
            foreach (Detection d in found.Items)
            {
                var detection = TileDetection.InTile(tile, d.Box, d.Score, d.ClassId, d.Mask);
                all.Add(tile == image ? detection with { Tile = null } : detection);
                names.Add(d.ClassName);
            }

            times += found.Times;
        }

        Detection[] merged =
        [
            .. Merge(all, imageWidth, imageHeight).Select(m => new Detection
            {
                Box = m.Box,
                Score = m.Score,
                ClassId = m.ClassId,
                ClassName = NameOf(m),
                Mask = m.Mask?.ToRle(imageHeight, imageWidth),
            }),
        ];
        return new Detections
        {
            Width = imageWidth,
            Height = imageHeight,
            Items = merged,
            Times = times,
            IsSaturated = tiles.Any(t => t.Found.IsSaturated),
        };

        string NameOf(MergedDetection m) => names[m.Members.First(i => all[i].ClassId == m.ClassId)];
    }

    /// <summary>
    /// Groups of detections that belong together: the best first, then the others as they are merged. Groups in descending order
    /// of score.
    /// </summary>
    internal IReadOnlyList<int[]> Groups(IReadOnlyList<TileDetection> detections, IReadOnlyList<int>? among = null)
    {
        int[] order = [.. (among ?? [.. Enumerable.Range(0, detections.Count)]).OrderByDescending(i => detections[i].Score)];
        return _options.Rule switch
        {
            MergeRule.Suppress => Suppress(detections, order),
            MergeRule.Merge => Greedy(detections, order),
            _ => Chains(detections, order),
        };
    }

    /// <summary>One detection from a group.</summary>
    internal MergedDetection Join(IReadOnlyList<TileDetection> detections, int[] group)
    {
        TileDetection best = detections[group[0]];
        (BoxXyxy box, double score, int classId, TileMask? mask) = (best.Box, best.Score, best.ClassId, best.Mask);
        foreach (int member in group.Skip(1))
        {
            TileDetection other = detections[member];
            double area = Area(box), otherArea = Area(other.Box);
            classId = score >= other.Score ? classId : other.ClassId;
            double mean = area + otherArea > 0
                ? (area * score + otherArea * other.Score) / (area + otherArea)
                : Math.Max(score, other.Score);
            score = _options.Score == MergedScore.AreaWeighted ? mean : Math.Max(score, other.Score);
            box = new BoxXyxy(
                MathF.Min(box.X1, other.Box.X1),
                MathF.Min(box.Y1, other.Box.Y1),
                MathF.Max(box.X2, other.Box.X2),
                MathF.Max(box.Y2, other.Box.Y2));
            mask = mask?.Union(other.Mask!);
        }

        return new MergedDetection(box, (float)score, classId, mask, group);
    }

    /// <summary>The overlap of two detections, or of a detection with what has grown from others.</summary>
    internal double Overlap(TileDetection a, TileDetection b)
    {
        (double common, double areaA, double areaB) = a.Mask is { } mask && b.Mask is { } other
            ? (mask.IntersectionArea(other), mask.Area, other.Area)
            : (Common(a.Box, b.Box), Area(a.Box), Area(b.Box));
        double against = _options.Measure == OverlapMeasure.IoU ? areaA + areaB - common : Math.Min(areaA, areaB);
        return against > 0 ? common / against : 0;
    }

    private bool Comparable(TileDetection a, TileDetection b) => _options.ClassAgnostic || a.ClassId == b.ClassId;

    private List<int[]> Suppress(IReadOnlyList<TileDetection> detections, int[] order)
    {
        var kept = new List<int>();
        foreach (int i in order)
        {
            TileDetection one = detections[i];
            if (!kept.Any(k => Comparable(detections[k], one) && Overlap(detections[k], one) > _options.Threshold))
                kept.Add(i);
        }

        return [.. kept.Select(k => (int[])[k])];
    }

    private List<int[]> Greedy(IReadOnlyList<TileDetection> detections, int[] order)
    {
        var groups = new List<int[]>();
        var left = new List<int>(order);
        while (left.Count > 0)
        {
            var group = new List<int> { left[0] };
            TileDetection grown = detections[left[0]];
            left.RemoveAt(0);
            while (true)
            {
                int[] found =
                [
                    .. left.Where(i =>
                        Comparable(detections[group[0]], detections[i]) && Overlap(detections[i], grown) >= _options.Threshold),
                ];
                group.AddRange(found);
                _ = left.RemoveAll(i => found.Contains(i));
                if (found.Length == 0 || grown.Mask is null)
                    break; // boxes are compared with the best box only, masks with what they have grown into
                grown = grown with { Mask = found.Aggregate(grown.Mask, (mask, i) => mask.Union(detections[i].Mask!)) };
            }

            groups.Add([.. group]);
        }

        return groups;
    }

    private List<int[]> Chains(IReadOnlyList<TileDetection> detections, int[] order)
    {
        var groupOf = new Dictionary<int, List<int>>();
        var groups = new List<List<int>>();
        for (int at = 0; at < order.Length; at++)
        {
            int i = order[at];
            if (!groupOf.TryGetValue(i, out List<int>? group))
                groups.Add(groupOf[i] = group = [i]);

            // Only what ranks behind can be claimed; within one claim SAHI goes by index.
            foreach (int j in order.Skip(at + 1).Order())
            {
                if (!groupOf.ContainsKey(j) && Comparable(detections[i], detections[j])
                    && Overlap(detections[i], detections[j]) >= _options.Threshold)
                {
                    group.Add(j);
                    groupOf[j] = group;
                }
            }
        }

        return [.. groups.Select(g => g.ToArray())];
    }

    private static void Require(IReadOnlyList<TileDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(detections);
        for (int i = 0; i < detections.Count; i++)
        {
            if (!detections[i].Box.IsFinite || !float.IsFinite(detections[i].Score))
                throw new ArgumentException(
                    $"Detection {i} has the box {detections[i].Box} and the score {detections[i].Score}; both must be finite.");
            if (detections[i].Mask is null != detections[0].Mask is null)
                throw new ArgumentException($"Detection {i} {(detections[i].Mask is null ? "has no" : "has a")} mask, "
                    + $"unlike detection 0; give all a mask or none.");
        }
    }

    private static void RequireFit(PixelRect tile, Detections found, PixelRect image)
    {
        if (tile.IsEmpty || tile.Intersect(image) != tile)
            throw new ArgumentException($"The tile {tile} does not lie in the image of {image.Width}×{image.Height}.");
        if (found.Width != tile.Width || found.Height != tile.Height)
        {
            throw new ArgumentException(
                $"The detections are of an image of {found.Width}×{found.Height}, but the tile has {tile.Width}×{tile.Height}.");
        }
    }

    private static double Area(BoxXyxy box) => Math.Max(0, (double)box.X2 - box.X1) * Math.Max(0, (double)box.Y2 - box.Y1);

    private static double Common(BoxXyxy a, BoxXyxy b)
    {
        double width = (double)MathF.Min(a.X2, b.X2) - MathF.Max(a.X1, b.X1);
        double height = (double)MathF.Min(a.Y2, b.Y2) - MathF.Max(a.Y1, b.Y1);
        return width > 0 && height > 0 ? width * height : 0;
    }
}
