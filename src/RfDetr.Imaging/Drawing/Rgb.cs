namespace RfDetr;

/// <summary>An sRGB color, 8 bits per channel.</summary>
/// <param name="R">Red.</param>
/// <param name="G">Green.</param>
/// <param name="B">Blue.</param>
public readonly record struct Rgb(byte R, byte G, byte B)
{
    /// <summary>Black.</summary>
    public static Rgb Black => default;

    /// <summary>White.</summary>
    public static Rgb White => new(255, 255, 255);

    /// <summary>Relative luminance, 0 (black) to 1 (white), as WCAG 2.1 defines it.</summary>
    public double Luminance => 0.2126 * Linear(R) + 0.7152 * Linear(G) + 0.0722 * Linear(B);

    /// <summary>Black or white, whichever has the higher contrast to this color; never below WCAG's 4.5 : 1.</summary>
    public Rgb ReadableText => Contrast(Black) >= Contrast(White) ? Black : White;

    /// <summary>WCAG 2.1 contrast ratio, 1 to 21.</summary>
    public double Contrast(Rgb other)
    {
        double a = Luminance, b = other.Luminance;
        return (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);
    }

    private static double Linear(byte channel)
    {
        double value = channel / 255.0;
        return value <= 0.04045 ? value / 12.92 : Math.Pow((value + 0.055) / 1.055, 2.4);
    }
}
