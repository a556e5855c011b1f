namespace RfDetr;

/// <summary>Frames of any format and stride to packed rows.</summary>
internal static class PixelPacking
{
    /// <summary>Writes packed RGB rows; alpha is dropped.</summary>
    public static void ToRgb(PixelFrame frame, Span<byte> destination)
    {
        int packed = frame.Width * 3;
        for (int y = 0; y < frame.Height; y++)
            RowToRgb(frame.Row(y), destination.Slice((int)((long)y * packed), packed), frame.Format);
        GC.KeepAlive(frame.Owner);
    }

    /// <summary>Writes packed RGBA rows from a four-byte format.</summary>
    public static void ToRgba(PixelFrame frame, Span<byte> destination)
    {
        int packed = frame.Width * 4;
        for (int y = 0; y < frame.Height; y++)
        {
            Span<byte> to = destination.Slice((int)((long)y * packed), packed);
            frame.Row(y).CopyTo(to);
            for (int i = 0; frame.Format.BlueFirst() && i < to.Length; i += 4)
                (to[i], to[i + 2]) = (to[i + 2], to[i]);
        }

        GC.KeepAlive(frame.Owner);
    }

    /// <summary>Writes packed gray rows from a gray frame.</summary>
    public static void ToGray(PixelFrame frame, Span<byte> destination)
    {
        for (int y = 0; y < frame.Height; y++)
            frame.Row(y).CopyTo(destination[(int)((long)y * frame.Width)..]);
        GC.KeepAlive(frame.Owner);
    }

    private static void RowToRgb(ReadOnlySpan<byte> from, Span<byte> to, PixelFormat format)
    {
        if (format == PixelFormat.Rgb24)
        {
            from.CopyTo(to);
            return;
        }

        int step = format.BytesPerPixel();
        int red = format.BlueFirst() ? 2 : 0, green = step == 1 ? 0 : 1, blue = step == 1 ? 0 : 2 - red;
        for (int i = 0, o = 0; o < to.Length; i += step, o += 3)
        {
            to[o] = from[i + red];
            to[o + 1] = from[i + green];
            to[o + 2] = from[i + blue];
        }
    }
}
