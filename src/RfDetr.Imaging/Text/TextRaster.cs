using System.Text;

namespace RfDetr;

/// <summary>
/// Text for labels. The system's sans-serif font sets it where there is one (Pango, any script); on a machine
/// without fonts or without libvips a built-in stroke font does, which knows ASCII and shows a box for the rest.
/// </summary>
public static class TextRaster
{
    private const int MaxCharacters = 512, MaxPixelHeight = 512;

    private static readonly GlyphCache Cache = new();

    /// <summary>Whether a font of the system sets the text; if not, the built-in one does.</summary>
    public static bool UsesSystemFont => PangoText.IsUsable;

    /// <summary>Renders one line; line breaks and control characters become spaces.</summary>
    /// <param name="text">At most 512 characters; plain text, markup has no meaning.</param>
    /// <param name="pixelHeight">Height of the line from the tops of accents to the ends of descenders, 4–512 pixels.</param>
    /// <exception cref="ArgumentException">The text is too long or the height out of range.</exception>
    public static GlyphBitmap Render(string text, int pixelHeight)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxCharacters)
            throw new ArgumentException($"The text has {text.Length} characters; at most {MaxCharacters} are set in one line.", nameof(text));
        if (pixelHeight is < 4 or > MaxPixelHeight)
            throw new ArgumentOutOfRangeException(nameof(pixelHeight), pixelHeight, $"A line is 4 to {MaxPixelHeight} pixels high.");
        string line = OneLine(text);
        return Cache.GetOrAdd(line, pixelHeight, static (line, height) =>
            string.IsNullOrWhiteSpace(line) ? Blank(line, height)
            : (PangoText.IsUsable ? PangoText.TryRender(line, height) : null) ?? StrokeFont.Render(line, height));
    }

    private static GlyphBitmap Blank(string line, int height)
    {
        int width = Math.Max(1, line.Length * height / 4);
        return new GlyphBitmap(width, height, new byte[width * height]);
    }

    private static string OneLine(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var line = new StringBuilder(text.Length);
        foreach (char c in text)
            line.Append(char.IsControl(c) ? ' ' : c);
        return line.ToString();
    }
}
