namespace RfDetr.Data;

/// <summary>What a surface is made of: a pattern of two colours and how it answers light.</summary>
internal sealed class Surface
{
    public required V3 ColourA { get; init; }

    public required V3 ColourB { get; init; }

    public required Pattern Pattern { get; init; }

    /// <summary>Pattern repeats per unit of the surface's own frame.</summary>
    public required float Frequency { get; init; }

    public required uint Seed { get; init; }

    /// <summary>Share of light mirrored at normal incidence: 0.04 for plastics and lacquer, 0 for cloth.</summary>
    public required float Reflectance { get; init; }

    /// <summary>Highlight exponent 2^this.</summary>
    public required int Sharpness { get; init; }

    /// <summary>A metal mirrors in its own colour and scatters next to nothing.</summary>
    public bool Metal { get; init; }

    public V3 MeanColour => V3.Mix(ColourA, ColourB, 0.5f);

    /// <summary>Colour at a point of the surface's own frame; <paramref name="footprint"/> is a pixel's width there.</summary>
    public V3 Colour(V3 p, float footprint) =>
        V3.Mix(ColourA, ColourB, Patterns.Evaluate(Pattern, p * Frequency, footprint * Frequency, Seed));
}
