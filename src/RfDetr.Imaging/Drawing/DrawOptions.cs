namespace RfDetr;

/// <summary>Styles of a drawn box.</summary>
public enum BoxStyle
{
    /// <summary>The whole outline of the box.</summary>
    Box,

    /// <summary>Only the four corners of the box, which leaves crowded images readable.</summary>
    Corners,

    /// <summary>No box at all; masks are drawn where there are some.</summary>
    None,

    /// <summary>Labels only, neither boxes nor masks.</summary>
    Labels,

    /// <summary>No box, and everything inside of it is blurred beyond recognition; masks are not drawn.</summary>
    Blur,

    /// <summary>No box, and everything inside of it becomes large squares of one color; masks are not drawn.</summary>
    Pixelate,
}

/// <summary>
/// Appearance of drawn annotations. Sizes not given follow the image, with s = √(width · height): lines 0.0035·s wide (whole
/// pixels, at least 1), text 0.022·s high (10 to 96 pixels). So an image and its enlargement look alike.
/// </summary>
public sealed record DrawOptions
{
    /// <summary>The options used where none are given.</summary>
    public static DrawOptions Default { get; } = new();

    /// <summary>Style of the boxes.</summary>
    public BoxStyle Style { get; init; } = BoxStyle.Box;

    /// <summary>True if labels are drawn, each on a plate of its class's color.</summary>
    public bool ShowLabels { get; init; } = true;

    /// <summary>Opacity of masks, 0 (not filled) to 1.</summary>
    public float MaskOpacity
    {
        get;
        init => field = value is >= 0 and <= 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(MaskOpacity), value, "The opacity must lie in 0..1.");
    } = 0.4f;

    /// <summary>True if masks get an outline, inside their border and as wide as the lines.</summary>
    public bool Contours { get; init; } = true;

    /// <summary>Width of lines in pixels, more than 0; null to follow the image.</summary>
    public float? LineWidth
    {
        get;
        init => field = value is null or (> 0 and <= 1000) ? value
            : throw new ArgumentOutOfRangeException(
                nameof(LineWidth), value, "The line width must be more than 0 and at most 1000 pixels.");
    }

    /// <summary>Height of text in pixels, 4 to 1000; null to follow the image.</summary>
    public int? TextHeight
    {
        get;
        init => field = value is null or (>= 4 and <= 1000) ? value
            : throw new ArgumentOutOfRangeException(nameof(TextHeight), value, "The text height must lie in 4..1000 pixels.");
    }

    /// <summary>The color of each class.</summary>
    public Palette Palette { get; init; } = Palette.Default;

    /// <summary>The width of lines on an image of the given size.</summary>
    public float LineWidthFor(int width, int height) =>
        LineWidth ?? MathF.Max(1, MathF.Round(0.0035f * MathF.Sqrt((float)width * height)));

    /// <summary>The height of text on an image of the given size.</summary>
    public int TextHeightFor(int width, int height) =>
        TextHeight ?? (int)Math.Clamp(MathF.Round(0.022f * MathF.Sqrt((float)width * height)), 10, 96);
}
