using System.Security.Cryptography;

namespace RfDetr;

/// <summary>
/// Hashes numbers that come from files. .NET's own hash of an integer is the integer folded to 32 bits, so a file can choose ids
/// that all fall into one bucket and make a table of n entries cost n² steps; here every bit of the key and a secret of the
/// process decide.
/// </summary>
/// <remarks>Mixing function: the finalizer of SplitMix64 (Steele, Lea and Flood 2014).</remarks>
internal sealed class MixedHash : IEqualityComparer<long>, IEqualityComparer<uint>
{
    private static readonly ulong s_secret = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));

    /// <summary>The one instance.</summary>
    public static MixedHash Instance { get; } = new();

    /// <summary>The hash of a 64-bit key.</summary>
    public static int Of(ulong key)
    {
        ulong mixed = key ^ s_secret;
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EB;
        return (int)(mixed ^ (mixed >> 31));
    }

    public bool Equals(long x, long y) => x == y;

    public int GetHashCode(long key) => Of((ulong)key);

    public bool Equals(uint x, uint y) => x == y;

    public int GetHashCode(uint key) => Of(key);
}
