namespace RfDetr;

/// <summary>
/// Labels rendered by <see cref="TextRaster"/>, in the system's font if there is one and else in the built-in one.
/// </summary>
internal sealed class SystemLabels : ILabelRenderer
{
    private const int MinHeight = 4, MaxHeight = 512;

    /// <summary>The only instance; it has no state of its own.</summary>
    public static SystemLabels Instance { get; } = new();

    /// <inheritdoc/>
    public GlyphBitmap Render(string text, int pixelHeight) =>
        TextRaster.Render(text, Math.Clamp(pixelHeight, MinHeight, MaxHeight));
}
