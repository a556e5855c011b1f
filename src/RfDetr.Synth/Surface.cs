namespace RfDetr.Synth;

/// <summary>Material of a surface: a pattern of two colors and how it answers light.</summary>
internal sealed class Surface
{
    public required V3 ColorA { get; init; }

    public required V3 ColorB { get; init; }

    public required Pattern Pattern { get; init; }

    /// <summary>Pattern repeats per unit of the surface's own frame.</summary>
    public required float Frequency { get; init; }

    public required uint Seed { get; init; }

    /// <summary>Share of light mirrored at normal incidence: 0.04 for plastics and lacquer, 0 for cloth.</summary>
    public required float Reflectance { get; init; }

    /// <summary>Highlight exponent 2^this.</summary>
    public required int Sharpness { get; init; }

    /// <summary>A metal mirrors in its own color and scatters next to nothing.</summary>
    public bool Metal { get; init; }

    public V3 MeanColor => V3.Mix(ColorA, ColorB, 0.5f);

    /// <summary>Color at a point of the surface's own frame; <paramref name="footprint"/> is a pixel's width there.</summary>
    public V3 Color(V3 p, float footprint) =>
        V3.Mix(ColorA, ColorB, Patterns.Evaluate(Pattern, p * Frequency, footprint * Frequency, Seed));
}
