using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Vision;

/// <summary>
/// Where one row of each plane goes and how its values are normalised, in the order of the source's channels: a
/// blue-first frame simply names the planes in reverse.
/// </summary>
internal unsafe struct PlaneRows
{
    private float* _row0, _row1, _row2;
    private readonly (float Factor, float Offset) _channel0, _channel1, _channel2;
    private readonly int _width;

    public PlaneRows(float* planes, int height, int width, bool blueFirst, Normalization normalization)
    {
        nint plane = (nint)height * width;
        (int first, int last) = blueFirst ? (2, 0) : (0, 2);
        _width = width;
        _row0 = planes + first * plane;
        _row1 = planes + plane;
        _row2 = planes + last * plane;
        _channel0 = normalization.Affine(first);
        _channel1 = normalization.Affine(1);
        _channel2 = normalization.Affine(last);
    }

    public void NextRow()
    {
        _row0 += _width;
        _row1 += _width;
        _row2 += _width;
    }

    /// <summary>Stores up to four pixels, given as one vector of channels each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(int x, int count, Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3)
    {
        // 4 × 4 transposition by two rounds of interleaving; the fourth channel is never formed.
        Vector128<float> low01 = Interleave(p0, p1), low23 = Interleave(p2, p3);
        Vector128<float> channel0 = Vector128.Create(low01.GetLower(), low23.GetLower());
        Vector128<float> channel1 = Vector128.Create(low01.GetUpper(), low23.GetUpper());
        Vector128<float> channel2 = Vector128.Create(InterleaveHigh(p0, p1).GetLower(), InterleaveHigh(p2, p3).GetLower());
        Store(_row0 + x, count, channel0, _channel0);
        Store(_row1 + x, count, channel1, _channel1);
        Store(_row2 + x, count, channel2, _channel2);
    }

    /// <summary>Stores one grey value in all planes.</summary>
    public readonly void Store(int x, float value)
    {
        _row0[x] = value * _channel0.Factor + _channel0.Offset;
        _row1[x] = value * _channel1.Factor + _channel1.Offset;
        _row2[x] = value * _channel2.Factor + _channel2.Offset;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, int count, Vector128<float> values, (float Factor, float Offset) channel)
    {
        values = Vector128.MultiplyAddEstimate(values, Vector128.Create(channel.Factor), Vector128.Create(channel.Offset));
        if (count >= 4)
        {
            values.Store(to);
            return;
        }

        for (int i = 0; i < count; i++)
            to[i] = values[i];
    }

    // a0 b0 a1 b1
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Interleave(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : Vector128.Create(a[0], b[0], a[1], b[1]);

    // a2 b2 a3 b3
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> InterleaveHigh(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : Vector128.Create(a[2], b[2], a[3], b[3]);
}
