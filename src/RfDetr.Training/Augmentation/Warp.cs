using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>
/// Moves a sample by an affine map: pixels bilinearly, masks by nearest pixel, boxes by the mask or by their corners.
/// </summary>
internal static class Warp
{
    private const int Bits = 8, One = 1 << Bits;

    // What comes in from outside: ImageNet's mean, so nothing after normalization.
    private static readonly byte[] s_outside = [124, 116, 104];

    /// <summary>The moved sample at its former size.</summary>
    /// <param name="s">The sample.</param>
    /// <param name="map">From its pixels to the result's.</param>
    /// <param name="leastVisible">Objects of which a smaller share of the area is inside afterwards are dropped.</param>
    public static Sample Apply(Sample s, Affine map, double leastVisible)
    {
        Affine back = map.Inverse();
        return new Sample(
            Pixels(s, back), s.Width, s.Height,
            [.. s.Objects.Select(o => Object(s, o, map, back, leastVisible)).OfType<SampleObject>()]);
    }

    private static unsafe byte[] Pixels(Sample s, Affine back)
    {
        byte[] rgb = new byte[s.Rgb.Length];
        int width = s.Width, height = s.Height, stride = 3 * width;
        fixed (byte* from = s.Rgb, to = rgb)
        {
            byte* at = to;
            for (int y = 0; y < height; y++)
            {
                (double startX, double startY) = back.Apply(0.5, y + 0.5);
                for (int x = 0; x < width; x++, at += 3)
                {
                    double sourceX = startX + back.A * x - 0.5, sourceY = startY + back.D * x - 0.5;
                    if (!(sourceX > -1 && sourceY > -1 && sourceX < width && sourceY < height))
                    {
                        (at[0], at[1], at[2]) = (s_outside[0], s_outside[1], s_outside[2]);
                        continue;
                    }

                    // + 1: casts round towards 0
                    int fineX = (int)((sourceX + 1) * One + 0.5) - One, fineY = (int)((sourceY + 1) * One + 0.5) - One;
                    int x0 = fineX >> Bits, y0 = fineY >> Bits, shareX = fineX & (One - 1), shareY = fineY & (One - 1);
                    byte* row0 = from + (nint)Math.Clamp(y0, 0, height - 1) * stride,
                    row1 = from + (nint)Math.Min(y0 + 1, height - 1) * stride;
                    int left = 3 * Math.Clamp(x0, 0, width - 1), right = 3 * Math.Min(x0 + 1, width - 1);
                    for (int c = 0; c < 3; c++)
                    {
                        int upper = row0[left + c] * (One - shareX) + row0[right + c] * shareX;
                        int lower = row1[left + c] * (One - shareX) + row1[right + c] * shareX;
                        at[c] = (byte)((upper * (One - shareY) + lower * shareY + (1 << (2 * Bits - 1))) >> (2 * Bits));
                    }
                }
            }
        }

        return rgb;
    }

    private static SampleObject? Object(Sample s, SampleObject o, Affine map, Affine back, double leastVisible)
    {
        double scale = Math.Abs(map.A * map.E - map.B * map.D);
        if (o.Mask is { } mask)
        {
            TargetMask? moved = Mask(mask, map, back, s.Width, s.Height);
            return moved is not null && MaskWindows.Area(moved) >= leastVisible * scale * MaskWindows.Area(mask)
                ? o with { Box = MaskWindows.Box(moved), Mask = moved }
                : null;
        }

        BoxXywh box = Corners(o.Box, map), inside = box.Clip(s.Width, s.Height);
        return inside.Width >= 1 && inside.Height >= 1 && inside.Area >= leastVisible * box.Area ? o with { Box = inside } : null;
    }

    private static TargetMask? Mask(TargetMask mask, Affine map, Affine back, int width, int height)
    {
        BoxXywh bounds = Corners(MaskWindows.Box(mask), map);
        var window = new BoxXyxy(
            (float)bounds.X - 1, (float)bounds.Y - 1, (float)(bounds.X + bounds.Width) + 1,
            (float)(bounds.Y + bounds.Height) + 1);
        PixelRect to = window.ToPixelRect(width, height);
        if (to.IsEmpty)
            return null;
        byte[] pixels = new byte[to.Width * to.Height];
        for (int y = 0, at = 0; y < to.Height; y++)
        {
            for (int x = 0; x < to.Width; x++, at++)
            {
                (double sourceX, double sourceY) = back.Apply(to.X + x + 0.5, to.Y + y + 0.5);
                pixels[at] = mask.At((int)Math.Floor(sourceX), (int)Math.Floor(sourceY));
            }
        }

        return MaskWindows.Tight(new TargetMask(to.X, to.Y, to.Width, to.Height, pixels));
    }

    private static BoxXywh Corners(BoxXywh box, Affine map)
    {
        double x1 = double.MaxValue, y1 = double.MaxValue, x2 = double.MinValue, y2 = double.MinValue;
        for (int i = 0; i < 4; i++)
        {
            (double x, double y) = map.Apply(box.X + (i & 1) * box.Width, box.Y + (i >> 1) * box.Height);
            (x1, y1, x2, y2) = (Math.Min(x1, x), Math.Min(y1, y), Math.Max(x2, x), Math.Max(y2, y));
        }

        return new(x1, y1, x2 - x1, y2 - y1);
    }
}
