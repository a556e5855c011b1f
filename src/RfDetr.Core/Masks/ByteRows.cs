using System.Numerics;

namespace RfDetr;

/// <summary>Bitwise operations on whole rows of a <see cref="BitMask"/>.</summary>
internal static class ByteRows
{
    /// <summary><c>target ^= other</c>, over the target's length.</summary>
    public static void Xor(Span<byte> target, ReadOnlySpan<byte> other)
    {
        other = other[..target.Length];
        int i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(target[i..]) ^ new Vector<byte>(other[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] ^= other[i];
    }

    /// <summary>
    /// <c>target &amp;= other</c>, over the target's length; <paramref name="other"/> may overlap it at higher addresses.
    /// </summary>
    public static void And(Span<byte> target, ReadOnlySpan<byte> other)
    {
        other = other[..target.Length];
        int i = 0;
        for (; i <= target.Length - Vector<byte>.Count; i += Vector<byte>.Count)
            (new Vector<byte>(target[i..]) & new Vector<byte>(other[i..])).CopyTo(target[i..]);
        for (; i < target.Length; i++)
            target[i] &= other[i];
    }

    /// <summary>Finds the next run of ones at or after <paramref name="at"/>; false if there is none.</summary>
    public static bool NextRun(ReadOnlySpan<byte> row, int at, out int start, out int end)
    {
        int first = row[at..].IndexOf((byte)1);
        start = at + first;
        if (first < 0)
        {
            end = row.Length;
            return false;
        }

        int length = row[start..].IndexOf((byte)0);
        end = length < 0 ? row.Length : start + length;
        return true;
    }
}
