using System.Globalization;
using System.Net;

namespace RfDetr;

/// <summary>Text through libvips' <c>text</c> operation: Pango, fontconfig and the fonts of the system.</summary>
internal static unsafe class PangoText
{
    /// <summary>Font size as a share of the line: most sans-serif fonts have 1.17 to 1.25 times their size between ascent and descent.</summary>
    private const double SizeOfLine = 0.8;

    private static readonly Lazy<bool> Usable = new(FindsFont);

    /// <summary>Whether there is a font at all. Without one Pango draws the same empty box for every letter.</summary>
    public static bool IsUsable => Usable.Value;

    /// <summary>The line, or null where Pango refuses it (nothing visible, characters its markup forbids).</summary>
    public static GlyphBitmap? TryRender(string line, int height)
    {
        try
        {
            return Render(line, height);
        }
        catch (VipsException)
        {
            return null;
        }
    }

    private static GlyphBitmap Render(string line, int height)
    {
        using VipsImageHandle image = Set(line, height);
        using PixelMemory ink = image.ToMemory();
        var alpha = new byte[image.Width * height];
        int rows = Math.Min(image.Height, height);
        int top = Math.Clamp(image.YOffset, 0, height - rows);
        new ReadOnlySpan<byte>(ink.Pointer, rows * image.Width).CopyTo(alpha.AsSpan(top * image.Width));
        return new GlyphBitmap(image.Width, height, alpha);
    }

    private static bool FindsFont()
    {
        try
        {
            return !Render("i", 24).Alpha.AsSpan().SequenceEqual(Render("W", 24).Alpha);
        }
        catch (Exception failure) when (failure is VipsException or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;   // no libvips, or one built without Pango
        }
    }

    private static VipsImageHandle Set(string line, int height)
    {
        string size = (height * SizeOfLine).ToString("0.##", CultureInfo.InvariantCulture);
        using var text = new VipsOperation("text");
        return text.With("text", WebUtility.HtmlEncode(line))   // the operation reads Pango markup
            .With("font", $"sans {size}")
            .With("dpi", 72)                                    // one point is one pixel
            .Run().TakeImage();
    }
}
