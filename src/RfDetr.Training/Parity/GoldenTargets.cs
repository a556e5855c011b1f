namespace RfDetr.Training;

/// <summary>The targets of a <see cref="TrainingGolden"/>: boxes as they are, masks as the ellipses inscribed in them.</summary>
internal static class GoldenTargets
{
    /// <summary>One target for each image.</summary>
    public static Target[] Of(TrainingGolden golden, bool masks) =>
    [
        .. golden.Targets.Select((t, i) => new Target(
            [.. t.Boxes.SelectMany(b => b)], t.Labels, masks ? [.. t.Boxes.Select(b => Ellipse(b, golden.Resolution))] : null,
            i)),
    ];

    // A pixel belongs to the ellipse if its center does.
    private static TargetMask Ellipse(float[] box, int side)
    {
        (double cx, double cy, double rx, double ry) =
            (box[0] * (double)side, box[1] * (double)side, box[2] * side / 2.0, box[3] * side / 2.0);
        int left = Math.Clamp((int)Math.Floor(cx - rx), 0, side), right = Math.Clamp((int)Math.Ceiling(cx + rx), left, side);
        int top = Math.Clamp((int)Math.Floor(cy - ry), 0, side), bottom = Math.Clamp((int)Math.Ceiling(cy + ry), top, side);
        var pixels = new byte[(right - left) * (bottom - top)];
        for (int i = 0; i < pixels.Length; i++)
        {
            double dx = (left + i % (right - left) + 0.5 - cx) / rx, dy = (top + i / (right - left) + 0.5 - cy) / ry;
            pixels[i] = dx * dx + dy * dy <= 1 ? (byte)1 : (byte)0;
        }

        return new TargetMask(left, top, right - left, bottom - top, pixels);
    }
}
