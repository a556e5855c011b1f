namespace RfDetr;

/// <summary>Labels set by <see cref="TextRaster"/>: the system's font where there is one, else the built-in one.</summary>
public sealed class SystemLabels : ILabelRenderer
{
    private const int MinHeight = 4, MaxHeight = 512;

    /// <summary>The only one; it has no state of its own.</summary>
    public static SystemLabels Instance { get; } = new();

    /// <inheritdoc/>
    public GlyphBitmap Render(string text, int pixelHeight) => TextRaster.Render(text, Math.Clamp(pixelHeight, MinHeight, MaxHeight));
}
