namespace RfDetr.Training;

/// <summary>
/// A stream of xoshiro256**. It depends on its keys only, so that an image is augmented the same
/// whichever worker, rank or resumed run gets to it.
/// </summary>
internal sealed class SampleRandom
{
    private readonly Xoshiro256 _bits;

    /// <summary>The stream of a list of keys, such as seed, purpose, epoch and position.</summary>
    public SampleRandom(params ReadOnlySpan<ulong> keys)
    {
        ulong state = 0;
        foreach (ulong key in keys)
            // mixed before each key, so that (1, 2) and (2, 1) are unrelated
            state = SplitMix64.Mix(state + SplitMix64.Step) ^ key;
        _bits = new Xoshiro256(state);
    }

    public ulong NextUInt64() => _bits.Next();

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double Unit() => (NextUInt64() >> 11) * (1.0 / (1L << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Range(double low, double high) => low + (high - low) * Unit();

    /// <summary>Uniform in [−most, most).</summary>
    public double Either(double most) => Range(-most, most);

    /// <summary>Uniform whole number in [0, count); count at least 1.</summary>
    public int Below(int count) => (int)((NextUInt64() >> 32) * (ulong)count >> 32);

    /// <summary>Uniform whole number in [low, high], both included.</summary>
    public int Whole(int low, int high) => low + Below(high - low + 1);

    /// <summary>
    /// True with the given probability; draws nothing for 0 and 1, so that what is switched off changes no other draw.
    /// </summary>
    public bool Chance(double probability) => probability >= 1 || (probability > 0 && Unit() < probability);

    /// <summary>Fisher–Yates.</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = Below(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }
}
