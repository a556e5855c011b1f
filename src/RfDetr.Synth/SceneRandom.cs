namespace RfDetr.Synth;

/// <summary>A stream of xoshiro256** that depends on (seed, index) only.</summary>
internal sealed class SceneRandom
{
    private readonly Xoshiro256 _bits;

    // The index goes through the mixer before it meets the seed, so (1, 2) and (2, 1) are unrelated streams.
    public SceneRandom(ulong seed, int index) => _bits = new Xoshiro256(seed ^ SplitMix64.Mix((uint)index + SplitMix64.Step));

    public ulong NextUInt64() => _bits.Next();

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float Unit() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float Range(float low, float high) => low + (high - low) * Unit();

    /// <summary>Uniform integer in [0, count).</summary>
    public int Below(int count) => (int)((NextUInt64() >> 32) * (ulong)count >> 32);

    public bool Chance(float probability) => Unit() < probability;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];
}
