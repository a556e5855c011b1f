namespace RfDetr;

/// <summary>
/// SplitMix64 (Steele, Lea and Flood 2014, with Vigna's constants): the mixer behind every series of numbers that a seed stands
/// for. Its bits may never change.
/// </summary>
internal static class SplitMix64
{
    /// <summary>2⁶⁴ divided by the golden ratio: what the state grows by.</summary>
    public const ulong Step = 0x9E3779B97F4A7C15;

    /// <summary>The next of a series.</summary>
    public static ulong Next(ref ulong state) => Mix(state += Step);

    /// <summary>Spreads every bit over all others; a bijection.</summary>
    public static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
