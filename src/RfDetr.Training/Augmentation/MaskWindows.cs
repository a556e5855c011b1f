using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Masks as windows of bytes: made from run lengths, moved, cut, and measured.</summary>
internal static class MaskWindows
{
    /// <summary>The set pixels of a mask; null if there are none.</summary>
    public static TargetMask? Of(RleMask mask)
    {
        PixelRect box = mask.BoundingBox;
        return box.IsEmpty ? null : new TargetMask(box.X, box.Y, box.Width, box.Height, mask.Decode(box).Pixels.ToArray());
    }

    /// <summary>Number of set pixels.</summary>
    public static long Area(TargetMask mask)
    {
        long area = 0;
        foreach (byte pixel in mask.Pixels)
            area += pixel;
        return area;
    }

    /// <summary>The window cut to its set pixels; null if there are none.</summary>
    public static TargetMask? Tight(TargetMask mask)
    {
        ReadOnlySpan<byte> pixels = mask.Pixels;
        int left = mask.Width, right = -1, top = -1, bottom = -1;
        for (int y = 0; y < mask.Height; y++)
        {
            ReadOnlySpan<byte> row = pixels.Slice(y * mask.Width, mask.Width);
            int first = row.IndexOf((byte)1);
            if (first < 0)
                continue;
            (left, right) = (Math.Min(left, first), Math.Max(right, row.LastIndexOf((byte)1)));
            top = top < 0 ? y : top;
            bottom = y;
        }

        return top < 0 ? null : Cut(mask, left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>
    /// The part of a mask inside a rectangle, in the rectangle's own coordinates; null if nothing is set there.
    /// </summary>
    public static TargetMask? Crop(TargetMask mask, PixelRect to)
    {
        PixelRect both = new PixelRect(mask.X, mask.Y, mask.Width, mask.Height).Intersect(to);
        if (both.IsEmpty)
            return null;
        TargetMask part = both.Width == mask.Width && both.Height == mask.Height
            ? mask
            : Cut(mask, both.X - mask.X, both.Y - mask.Y, both.Width, both.Height);
        return Tight(part with { X = part.X - to.X, Y = part.Y - to.Y });
    }

    /// <summary>The window as a box.</summary>
    public static BoxXywh Box(TargetMask mask) => new(mask.X, mask.Y, mask.Width, mask.Height);

    /// <summary>
    /// The mask of an image stretched to another size, sampled at pixel centers as the image is. An object below a pixel keeps
    /// one.
    /// </summary>
    public static TargetMask Stretch(TargetMask mask, double scaleX, double scaleY, int width, int height)
    {
        int x1 = First(mask.X, scaleX), x2 = Math.Min(First(mask.X + mask.Width, scaleX), width);
        int y1 = First(mask.Y, scaleY), y2 = Math.Min(First(mask.Y + mask.Height, scaleY), height);
        if (x2 > x1 && y2 > y1)
        {
            byte[] pixels = new byte[(x2 - x1) * (y2 - y1)];
            Span<int> columns = x2 - x1 <= 1024 ? stackalloc int[x2 - x1] : new int[x2 - x1];
            for (int x = 0; x < columns.Length; x++)
                columns[x] = Math.Clamp((int)((x1 + x + 0.5) / scaleX) - mask.X, 0, mask.Width - 1);
            for (int y = 0, at = 0; y < y2 - y1; y++)
            {
                ReadOnlySpan<byte> row = mask.Pixels.AsSpan(
                    Math.Clamp((int)((y1 + y + 0.5) / scaleY) - mask.Y, 0, mask.Height - 1) * mask.Width, mask.Width);
                for (int x = 0; x < columns.Length; x++)
                    pixels[at++] = row[columns[x]];
            }

            if (Tight(new TargetMask(x1, y1, x2 - x1, y2 - y1, pixels)) is { } found)
                return found;
        }

        int onlyX = Math.Clamp((int)((mask.X + mask.Width / 2.0) * scaleX), 0, width - 1),
        onlyY = Math.Clamp((int)((mask.Y + mask.Height / 2.0) * scaleY), 0, height - 1);
        return new TargetMask(onlyX, onlyY, 1, 1, [1]);
    }

    /// <summary>The first target pixel whose center lies at or beyond a source edge.</summary>
    private static int First(int edge, double scale) => Math.Max((int)Math.Ceiling(edge * scale - 0.5), 0);

    private static TargetMask Cut(TargetMask mask, int x, int y, int width, int height)
    {
        if (x == 0 && y == 0 && width == mask.Width && height == mask.Height)
            return mask;
        byte[] pixels = new byte[width * height];
        for (int row = 0; row < height; row++)
            mask.Pixels.AsSpan((y + row) * mask.Width + x, width).CopyTo(pixels.AsSpan(row * width));
        return new TargetMask(mask.X + x, mask.Y + y, width, height, pixels);
    }
}
