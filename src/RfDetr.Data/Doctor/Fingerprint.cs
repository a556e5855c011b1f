using System.Numerics;
using System.Runtime.CompilerServices;

namespace RfDetr.Data;

/// <summary>
/// Appearance of an image from afar: 16 rows of 16 comparisons of neighbors (a difference hash) and the 17×16 gray values they
/// come from. Scaling, recompression and small changes of light hardly change it.
/// </summary>
internal sealed class Fingerprint
{
    /// <summary>
    /// Bits that may differ. With 16 groups of 16 bits, 15 differences leave one group equal: that is how candidates are found.
    /// </summary>
    private const int MostBits = 15;

    /// <summary>Mean difference of the gray values that may remain, of 255.</summary>
    private const double MostDifference = 5;

    private const int Columns = 17, Rows = 16;

    private readonly ushort[] _bits = new ushort[Rows];
    private readonly byte[] _gray = new byte[Columns * Rows];

    public Fingerprint(PixelFrame frame)
    {
        float[] planes = new float[3 * Columns * Rows];
        Preprocessor.Run(frame, planes, Rows, Columns, ResizeRule.BilinearAntialias, Normalization.None);
        for (int i = 0; i < _gray.Length; i++)
            _gray[i] = (byte)(
                255 * (0.299f * planes[i] + 0.587f * planes[_gray.Length + i] + 0.114f * planes[2 * _gray.Length + i]) + 0.5f);
        for (int y = 0; y < Rows; y++)
        {
            for (int x = 0; x < Columns - 1; x++)
            {
                if (_gray[y * Columns + x] < _gray[y * Columns + x + 1])
                    _bits[y] |= (ushort)(1 << x);
            }
        }
    }

    /// <summary>Number of <see cref="Group"/>s.</summary>
    public static int Groups => Rows;

    /// <summary>Sixteen of the bits, for finding candidates.</summary>
    public ushort Group(int index) => _bits[index];

    /// <summary>True if two images can hardly be distinguished at this size.</summary>
    public bool Resembles(Fingerprint other)
    {
        int bits = 0;
        for (int i = 0; i < Rows; i++)
            bits += BitOperations.PopCount((uint)(_bits[i] ^ other._bits[i]));
        if (bits > MostBits)
            return false;
        int difference = 0;
        for (int i = 0; i < _gray.Length; i++)
            difference += Math.Abs(_gray[i] - other._gray[i]);
        return difference <= MostDifference * _gray.Length;
    }

    /// <summary>Pairs that resemble each other, each once, the lower number first.</summary>
    public static HashSet<(int A, int B)> Pairs(IReadOnlyList<Fingerprint?> all)
    {
        const int LargestBucket = 2000; // a group that thousands share (a black border) tells nothing
        var pairs = new HashSet<(int, int)>();
        for (int group = 0; group < Groups; group++)
        {
            foreach (
                IGrouping<ushort, int> bucket in Enumerable.Range(0, all.Count)
                    .Where(i => all[i] is not null).GroupBy(i => all[i]!.Group(group)))
            {
                int[] members = [.. bucket];
                for (int i = 0; i < members.Length && members.Length <= LargestBucket; i++)
                    AddPairs(all, members, i, pairs);
            }
        }

        return pairs;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddPairs(IReadOnlyList<Fingerprint?> all, int[] members, int i, HashSet<(int, int)> pairs)
    {
        for (int j = i + 1; j < members.Length; j++)
        {
            if (all[members[i]]!.Resembles(all[members[j]]!))
                pairs.Add((members[i], members[j]));
        }
    }
}
