namespace RfDetr;

/// <summary>The values that the codes of an activation cover.</summary>
/// <param name="Least">At most 0.</param>
/// <param name="Largest">At least 0.</param>
public readonly record struct ActivationRange(float Least, float Largest)
{
    // Below this all values count as zero; also keeps 1/scale finite.
    private const float SmallestScale = 1e-30f;

    /// <summary>The smallest range that covers both.</summary>
    public ActivationRange With(ActivationRange other) => new(MathF.Min(Least, other.Least), MathF.Max(Largest, other.Largest));

    /// <summary>The distance of codes, and the code of 0, which is exact.</summary>
    /// <param name="most">The largest code; the least is 0.</param>
    internal (float Scale, int Zero) Codes(int most)
    {
        float scale = (Largest - Least) / most;
        return scale > SmallestScale ? (scale, (int)MathF.Round(-Least / scale)) : (1, 0);
    }
}
