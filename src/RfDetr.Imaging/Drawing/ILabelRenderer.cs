namespace RfDetr;

/// <summary>Turns text into a bitmap. The painter needs nothing else of a text library.</summary>
internal interface ILabelRenderer
{
    /// <summary>Renders one line of text, cut to its ink and advance.</summary>
    /// <param name="text">Not empty; a single line.</param>
    /// <param name="pixelHeight">Height of a line of text, in pixels; the bitmap is about that high.</param>
    GlyphBitmap Render(string text, int pixelHeight);
}

/// <summary>Rendered text as coverage.</summary>
internal sealed record GlyphBitmap
{
    /// <summary>Takes the coverage as it is, without copying.</summary>
    /// <param name="width">Columns.</param>
    /// <param name="height">Rows.</param>
    /// <param name="alpha"><c>[height, width]</c>, 0 (no ink) to 255.</param>
    /// <exception cref="ArgumentException">The array does not have <c>width · height</c> entries.</exception>
    public GlyphBitmap(int width, int height, byte[] alpha)
    {
        ArgumentNullException.ThrowIfNull(alpha);
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfNegative(height);
        if ((long)width * height != alpha.Length)
        {
            throw new ArgumentException(
                $"A text bitmap of {width}×{height} needs {(long)width * height} values, but has {alpha.Length}.", nameof(alpha));
        }

        (Width, Height, Alpha) = (width, height, alpha);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary><c>[Height, Width]</c>, 0 (no ink) to 255.</summary>
    public byte[] Alpha { get; }
}
