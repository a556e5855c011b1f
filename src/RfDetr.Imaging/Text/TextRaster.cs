using System.Text;

namespace RfDetr;

/// <summary>
/// Text for labels: in the system's sans-serif font if there is one (Pango, any script), and else, as on a machine without fonts
/// or
/// without libvips, in a built-in stroke font that knows ASCII and shows a box for every other character.
/// </summary>
internal static class TextRaster
{
    private const int MaxCharacters = 512, MaxPixelHeight = 512;

    // Words rendered on their own; a space is so wide, between the ink of two words, in percent of the line's height.
    private const int MaxWords = 8, SpacePercent = 26;

    private static readonly GlyphCache Cache = new();

    /// <summary>True if labels are written in a font of the system, false if in the built-in one.</summary>
    public static bool UsesSystemFont => PangoText.IsUsable;

    /// <summary>Renders one line; line breaks and control characters become spaces.</summary>
    /// <param name="text">Plain text of at most 512 characters; markup has no meaning.</param>
    /// <param name="pixelHeight">Height of the line from the tops of accents to the ends of descenders, 4–512 pixels.</param>
    /// <exception cref="ArgumentException">The text is too long or the height out of range.</exception>
    internal static GlyphBitmap Render(string text, int pixelHeight)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxCharacters)
        {
            throw new ArgumentException(
                $"The text has {text.Length} characters; at most {MaxCharacters} fit in one line.", nameof(text));
        }

        if (pixelHeight is < 4 or > MaxPixelHeight)
        {
            throw new ArgumentOutOfRangeException(
                nameof(pixelHeight), pixelHeight, $"A line is 4 to {MaxPixelHeight} pixels high.");
        }

        string line = OneLine(text);
        string[] words = PangoText.IsUsable && Ascii.IsValid(line) ? line.Split(' ', MaxWords) : [line];
        return words.Length == 1 || words.Contains("") ? Cached(line, pixelHeight)
            : Joined([.. words.Select(word => Cached(word, pixelHeight))], pixelHeight);
    }

    private static GlyphBitmap Cached(string line, int pixelHeight) =>
        Cache.GetOrAdd(line, pixelHeight, static (line, height) =>
            string.IsNullOrWhiteSpace(line) ? Blank(line, height)
            : (PangoText.IsUsable ? PangoText.TryRender(line, height) : null) ?? StrokeFont.Render(line, height));

    // Labels of tracked objects, "#12 ball 87%", are new in nearly every frame, their words are not. Words of other scripts may
    // stand from right to left.
    private static GlyphBitmap Joined(GlyphBitmap[] words, int height)
    {
        int space = Math.Max(1, height * SpacePercent / 100);
        int width = words.Sum(w => w.Width) + space * (words.Length - 1), at = 0;
        var alpha = new byte[width * height];
        foreach (GlyphBitmap word in words)
        {
            for (int y = 0; y < height; y++)
                word.Alpha.AsSpan(y * word.Width, word.Width).CopyTo(alpha.AsSpan(y * width + at));
            at += word.Width + space;
        }

        return new GlyphBitmap(width, height, alpha);
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
