
namespace RfDetr.Data;

/// <summary>
/// The one outline that YOLO has for an object. Its bounds are the object's box there, so it is made to have the box of the
/// object: boxes are kept to 0.01 pixel, masks as well as one outline can.
/// </summary>
internal static class YoloOutline
{
    /// <summary>Outline and box may differ by so much, pixels; half of what conversion promises.</summary>
    private const double Slack = 0.005;

    /// <summary>The outline in pixels, <c>x0, y0, x1, y1, …</c>; null if the mask has none and only the box is written.</summary>
    /// <param name="image">At its real size.</param>
    /// <param name="o">An object with a mask.</param>
    /// <param name="losses">Counts what changes; null: nobody asks.</param>
    public static double[]? Of(LabeledImage image, LabeledObject o, Losses? losses)
    {
        double[]? outline;
        try
        {
            outline = Single(image, o, losses);
        }
        catch (DataSetFormatException)
        {
            losses?.Add("masks that cannot be decoded are left out; the box is kept");
            return null;
        }

        if (outline is not null && o.Box.HasArea)
            outline = Fit(outline, o.Box, losses);
        else
            outline = null;
        if (outline is null)
            losses?.Add("the mask has no outline of three points; only the box is kept");
        return outline;
    }

    private static double[]? Single(LabeledImage image, LabeledObject o, Losses? losses)
    {
        if (o.Segmentation is CocoPolygons { Outlines: [var only] })
            return [.. only];
        if (o.Segmentation is CocoPolygons { Outlines: { Count: > 1 } outlines })
        {
            losses?.Add("several outlines became one, joined by lines without width");
            double[] joined = Join(outlines);

            // Where outlines overlap, going around both would leave a hole.
            RleMask union = RleMask.FromPolygons(image.Height, image.Width, outlines);
            if (union.Equals(RleMask.FromPolygons(image.Height, image.Width, [joined])))
                return joined;
        }

        if (o.Segmentation is CocoRunLengths)
            losses?.Add("masks of run lengths became outlines");
        return o.Mask(image) is { } mask && MaskEdges.Of(mask) is { Count: > 0 } traced ? Join(traced) : null;
    }

    /// <summary>From the first outline's start to every other and back: the way there and back encloses nothing.</summary>
    private static double[] Join(IReadOnlyList<double[]> outlines)
    {
        if (outlines.Count == 1)
            return [.. outlines[0]];
        var joined = new List<double>(outlines[0]);
        joined.AddRange(outlines[0].AsSpan(0, 2));
        foreach (double[] outline in outlines.Skip(1))
        {
            joined.AddRange(outline);
            joined.AddRange(outline.AsSpan(0, 2));
            joined.AddRange(outlines[0].AsSpan(0, 2));
        }

        return [.. joined];
    }

    private static double[]? Fit(double[] outline, BoxXywh box, Losses? losses)
    {
        (double x2, double y2) = (box.X + box.Width, box.Y + box.Height);
        (double left, double top, double right, double bottom) = Bounds(outline);
        if (left < box.X - Slack || top < box.Y - Slack || right > x2 + Slack || bottom > y2 + Slack)
        {
            losses?.Add("the mask reaches beyond the box and is cut off there");
            (int, double, int)[] sides = [(0, box.X, 1), (1, box.Y, 1), (0, x2, -1), (1, y2, -1)];
            foreach ((int axis, double limit, int sign) in sides)
                outline = Cut(outline, axis, limit, sign);
            if (outline.Length < 6)
                return null;
        }

        // Where the mask ends before the box, the outline goes out to the box and back on the same line, which encloses nothing.
        var fitted = new List<double>(outline);
        (int, double, int)[] edges = [(0, box.X, -1), (1, box.Y, -1), (0, x2, 1), (1, y2, 1)];
        foreach ((int axis, double edge, int sign) in edges)
            Reach(fitted, axis, edge, sign);
        return [.. fitted];
    }

    private static (double Left, double Top, double Right, double Bottom) Bounds(double[] outline)
    {
        (double left, double top) = (double.MaxValue, double.MaxValue);
        (double right, double bottom) = (double.MinValue, double.MinValue);
        for (int i = 0; i < outline.Length; i += 2)
        {
            (left, right) = (Math.Min(left, outline[i]), Math.Max(right, outline[i]));
            (top, bottom) = (Math.Min(top, outline[i + 1]), Math.Max(bottom, outline[i + 1]));
        }

        return (left, top, right, bottom);
    }

    /// <summary>The part of an outline on one side of a line along an axis.</summary>
    /// <remarks>Method: I. Sutherland and G. Hodgman, "Reentrant polygon clipping", CACM 17 (1974).</remarks>
    private static double[] Cut(double[] outline, int axis, double limit, int sign)
    {
        var kept = new List<double>(outline.Length);
        for (int i = 0; i < outline.Length; i += 2)
        {
            int next = (i + 2) % outline.Length;
            double from = sign * (outline[i + axis] - limit), to = sign * (outline[next + axis] - limit);
            if (from >= 0)
                kept.AddRange(outline.AsSpan(i, 2));
            if (from < 0 == to < 0)
                continue;
            double here = outline[i + 1 - axis], there = outline[next + 1 - axis];
            double other = here + from / (from - to) * (there - here);
            kept.AddRange(axis == 0 ? [limit, other] : [other, limit]);
        }

        return [.. kept];
    }

    private static void Reach(List<double> outline, int axis, double edge, int sign)
    {
        int farthest = 0;
        for (int i = 2; i < outline.Count; i += 2)
        {
            if (sign * outline[i + axis] > sign * outline[farthest + axis])
                farthest = i;
        }

        if (sign * (edge - outline[farthest + axis]) <= Slack)
            return;
        (double x, double y) = (outline[farthest], outline[farthest + 1]);
        outline.InsertRange(farthest + 2, axis == 0 ? [edge, y, x, y] : [x, edge, x, y]);
    }
}
