using System.Globalization;
using System.Net;
using Vips = NetVips;

namespace RfDetr;

/// <summary>Text through libvips' <c>text</c> operation: Pango, fontconfig and the fonts of the system.</summary>
internal static unsafe class PangoText
{
    /// <summary>
    /// Font size as a share of the line's height: most sans-serif fonts measure 1.17 to 1.25 times their size from ascent to
    /// descent.
    /// </summary>
    private const double SizeOfLine = 0.8;

    private static readonly Lazy<bool> s_usable = new(() => HasConfiguration() && FindsFont());

    /// <summary>True if there is a font at all. Without one Pango draws the same empty box for every letter.</summary>
    public static bool IsUsable => s_usable.Value;

    /// <summary>The line, or null where Pango refuses it (nothing visible, characters that its markup forbids).</summary>
    public static GlyphBitmap? TryRender(string line, int height)
    {
        try
        {
            return Render(line, height);
        }
        catch (Vips.VipsException)
        {
            return null;
        }
    }

    private static GlyphBitmap Render(string line, int height)
    {
        string size = (height * SizeOfLine).ToString("0.##", CultureInfo.InvariantCulture);
        // The operation reads Pango markup. At 72 dots per inch one point is one pixel.
        using Vips.Image image = Vips.Image.Text(WebUtility.HtmlEncode(line), font: $"sans {size}", dpi: 72);
        using PixelMemory ink = VipsPixels.Read(image);
        int width = image.Width;
        var alpha = new byte[width * height];
        int rows = Math.Min(image.Height, height);
        int top = Math.Clamp(image.Yoffset, 0, height - rows);   // rows between the top of the line and the top of the ink
        new ReadOnlySpan<byte>(ink.Pointer, rows * width).CopyTo(alpha.AsSpan(top * width));
        return new GlyphBitmap(width, height, alpha);
    }

    private static bool FindsFont()
    {
        try
        {
            Libvips.Require();
            return !Render("i", 24).Alpha.AsSpan().SequenceEqual(Render("W", 24).Alpha);
        }
        catch (Exception failure) when (
            failure is Vips.VipsException or LibvipsMissingException or DllNotFoundException or EntryPointNotFoundException)
        {
            return false;   // no libvips, or one built without Pango
        }
    }

    /// <summary>
    /// False if fontconfig would print an error to standard error: it does so where it finds no configuration, as in most
    /// containers, and
    /// cannot be told otherwise. The places are those it looks at itself. Windows and macOS bring fonts and other font systems.
    /// </summary>
    private static bool HasConfiguration()
    {
        if (!OperatingSystem.IsLinux())
            return true;
        string file = Environment.GetEnvironmentVariable("FONTCONFIG_FILE") is { Length: > 0 } named ? named : "fonts.conf";
        string[] folders = Environment.GetEnvironmentVariable("FONTCONFIG_PATH") is { Length: > 0 } path
            ? [.. path.Split(':'), "/etc/fonts"]
            : ["/etc/fonts"];
        return folders.Any(folder => File.Exists(Path.Combine(folder, file)));   // an absolute name wins over the folder
    }
}
