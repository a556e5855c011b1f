namespace RfDetr;

/// <summary>Colors by class id: deterministic, so a class keeps its color from image to image and run to run.</summary>
public sealed class Palette
{
    // Okabe and Ito's colors for all kinds of color vision (2008), without black; the strongest first.
    private static readonly Rgb[] s_okabeIto =
    [
        new(230, 159, 0), new(86, 180, 233), new(0, 158, 115), new(213, 94, 0),
        new(204, 121, 167), new(240, 228, 66), new(0, 114, 178),
    ];

    // Neighboring ids also differ in lightness, which every kind of color vision sees.
    private static readonly double[] s_lightness = [0.78, 0.55, 0.88, 0.66];

    private const double Chroma = 0.15;
    private const double GoldenAngle = 2.399963229728653; // π(3 − √5): no two hues of a run come close

    private readonly Rgb[]? _colors;

    private Palette(Rgb[]? colors) => _colors = colors;

    /// <summary>A palette of one's own, repeated when there are more classes.</summary>
    /// <exception cref="ArgumentException">It is empty.</exception>
    public Palette(IReadOnlyList<Rgb> colors)
    {
        ArgumentNullException.ThrowIfNull(colors);
        if (colors.Count == 0)
            throw new ArgumentException("A palette needs at least one color.", nameof(colors));
        _colors = [.. colors];
    }

    /// <summary>
    /// Seven colors that people of all kinds of color vision can tell apart, then as many generated ones as there are
    /// classes: hues by the golden angle, lightness in four steps.
    /// </summary>
    public static Palette Default { get; } = new((Rgb[]?)null);

    /// <summary>The color of a class; any id has one.</summary>
    public Rgb this[int classId]
    {
        get
        {
            uint id = (uint)classId; // a negative id is far up the list, but has a color
            if (_colors is not null)
                return _colors[id % _colors.Length];
            return id < s_okabeIto.Length ? s_okabeIto[id] : Generate(id - (uint)s_okabeIto.Length);
        }
    }

    private static Rgb Generate(uint n)
    {
        double hue = n * GoldenAngle;
        return FromOklab(s_lightness[n % s_lightness.Length], Chroma * Math.Cos(hue), Chroma * Math.Sin(hue));
    }

    /// <summary>
    /// Oklab to sRGB, cut to the gamut; matrices of B. Ottosson, "A perceptual color space for image processing" (2020).
    /// </summary>
    private static Rgb FromOklab(double lightness, double a, double b)
    {
        double l = Cube(lightness + 0.3963377774 * a + 0.2158037573 * b);
        double m = Cube(lightness - 0.1055613458 * a - 0.0638541728 * b);
        double s = Cube(lightness - 0.0894841775 * a - 1.2914855480 * b);
        return new Rgb(
            ToByte(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
            ToByte(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
            ToByte(-0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s));
    }

    private static double Cube(double value) => value * value * value;

    private static byte ToByte(double linear)
    {
        double value = Math.Clamp(linear, 0, 1);
        double encoded = value <= 0.0031308 ? 12.92 * value : 1.055 * Math.Pow(value, 1 / 2.4) - 0.055;
        return (byte)Math.Round(encoded * 255);
    }
}
