using System.Numerics;

namespace RfDetr.Data;

/// <summary>xoshiro256** seeded through SplitMix64 (Blackman and Vigna): a stream that depends on (seed, index) only.</summary>
internal sealed class SceneRandom
{
    private ulong _s0, _s1, _s2, _s3;

    public SceneRandom(ulong seed, int index)
    {
        // The index goes through the mixer before it meets the seed, so (1, 2) and (2, 1) are unrelated streams.
        ulong state = seed ^ Mix((ulong)(uint)index + 0x9E3779B97F4A7C15);
        _s0 = Next(ref state);
        _s1 = Next(ref state);
        _s2 = Next(ref state);
        _s3 = Next(ref state);
    }

    public ulong NextUInt64()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9, t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    public uint NextUInt32() => (uint)(NextUInt64() >> 32);

    /// <summary>Uniform in [0, 1), 24 bits.</summary>
    public float Unit() => (NextUInt64() >> 40) * (1f / (1 << 24));

    /// <summary>Uniform in [low, high).</summary>
    public float Range(float low, float high) => low + (high - low) * Unit();

    /// <summary>Uniform integer in [0, count).</summary>
    public int Below(int count) => (int)((NextUInt64() >> 32) * (ulong)count >> 32);

    public bool Chance(float probability) => Unit() < probability;

    public T Pick<T>(ReadOnlySpan<T> items) => items[Below(items.Length)];

    private static ulong Next(ref ulong state) => Mix(state += 0x9E3779B97F4A7C15);

    private static ulong Mix(ulong z)
    {
        z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9;
        z = (z ^ z >> 27) * 0x94D049BB133111EB;
        return z ^ z >> 31;
    }
}
