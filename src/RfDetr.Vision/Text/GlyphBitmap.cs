namespace RfDetr.Vision;

/// <summary>One line of text as coverage.</summary>
/// <param name="Width">Columns, at least 1.</param>
/// <param name="Height">Rows: the height that was asked for.</param>
/// <param name="Alpha">Row by row <c>Width · Height</c> values from 0 (none) to 255; shared between callers, not to be changed.</param>
public sealed record GlyphBitmap(int Width, int Height, byte[] Alpha);
