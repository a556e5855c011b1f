using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RfDetr;

/// <summary>
/// The logits of one mask by columns, each padded to whole vectors, and the mix of two neighboring columns with its signs.
/// </summary>
internal ref struct MaskColumns
{
    private const int Lanes = 8;
    private const int WordBits = 64;

    private readonly int _height;
    private readonly int _stride;
    private readonly Span<float> _columns;
    private readonly Span<float> _mixed;
    private readonly Span<float> _highest;
    private readonly Span<ulong> _signs;

    /// <summary>Transposes the logits into <paramref name="scratch"/>, which must be <see cref="ScratchLength"/> long.</summary>
    public MaskColumns(ReadOnlySpan<float> logits, int height, int width, Span<float> scratch)
    {
        _height = height;
        _stride = Stride(height);
        _columns = scratch[..(width * _stride)];
        _mixed = scratch.Slice(width * _stride, _stride);
        _highest = scratch.Slice((width + 1) * _stride, width);
        Span<float> rest = scratch[((width + 1) * _stride + width)..ScratchLength(height, width)];
        _signs = MemoryMarshal.Cast<float, ulong>(rest);

        for (int x = 0; x < width; x++)
        {
            Span<float> column = _columns.Slice(x * _stride, _stride);
            float highest = float.NegativeInfinity;
            for (int y = 0, at = x; y < height; y++, at += width)
            {
                float logit = logits[at];
                column[y] = logit;
                highest = logit > highest ? logit : highest;
            }

            column[height..].Clear();
            _highest[x] = highest;
        }
    }

    /// <summary>The mixed column, one value per logit row.</summary>
    public readonly ReadOnlySpan<float> Mixed => _mixed;

    public static int ScratchLength(int height, int width) =>
        checked((width + 1) * Stride(height) + width + 2 * (Stride(height) / WordBits + 1));

    /// <summary>
    /// Mixes two columns as <see cref="BilinearAxis.Interpolate"/> does; false (nothing mixed) if neither holds a positive logit.
    /// </summary>
    public readonly bool Mix(int lower, int upper, float upperWeight)
    {
        if (!(_highest[lower] > 0 || _highest[upper] > 0))
            return false;
        ReadOnlySpan<float> a = _columns.Slice(lower * _stride, _stride);
        ReadOnlySpan<float> b = _columns.Slice(upper * _stride, _stride);
        Vector256<float> weightA = Vector256.Create(1 - upperWeight), weightB = Vector256.Create(upperWeight);
        _signs.Clear();
        for (int y = 0; y < _stride; y += Lanes)
        {
            Vector256<float> mixed = Vector256.FusedMultiplyAdd(
                Vector256.Create(a.Slice(y, Lanes)), weightA, Vector256.Create(b.Slice(y, Lanes)) * weightB);
            mixed.CopyTo(_mixed.Slice(y, Lanes));
            ulong positive = Vector256.GreaterThan(mixed, Vector256<float>.Zero).ExtractMostSignificantBits();
            _signs[y / WordBits] |= positive << (y % WordBits);
        }

        return true;
    }

    /// <summary>True if the mixed value of a row is greater than 0.</summary>
    public readonly bool IsPositive(int row) => _mixed[row] > 0;

    /// <summary>
    /// The first row at or after <paramref name="row"/> whose sign differs from the next row's; −1 if there is none.
    /// </summary>
    public readonly int NextChange(int row)
    {
        for (int word = row / WordBits; word < _signs.Length; word++)
        {
            ulong here = _signs[word];
            ulong next = word + 1 < _signs.Length ? _signs[word + 1] : 0;
            ulong changes = here ^ ((here >> 1) | (next << (WordBits - 1)));
            if (word == row / WordBits)
                changes &= ulong.MaxValue << (row % WordBits);
            if (changes == 0)
                continue;
            int found = word * WordBits + BitOperations.TrailingZeroCount(changes);
            return found < _height - 1 ? found : -1; // the last row has no next one, what follows is padding
        }

        return -1;
    }

    private static int Stride(int height) => (height + Lanes - 1) / Lanes * Lanes;
}
