using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr;

/// <summary>
/// Target and normalization of one row of each plane, in the order of the source's channels: a blue-first frame simply names the
/// planes in reverse.
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
    public readonly void Store(
        int x, int count, Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3)
    {
        (Vector128<float> channel0, Vector128<float> channel1, Vector128<float> channel2) = Transpose(p0, p1, p2, p3);
        Store(_row0 + x, count, channel0, _channel0);
        Store(_row1 + x, count, channel1, _channel1);
        Store(_row2 + x, count, channel2, _channel2);
    }

    /// <summary>Stores up to four gray pixels in all planes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly void Store(int x, int count, Vector128<float> gray)
    {
        Store(_row0 + x, count, gray, _channel0);
        Store(_row1 + x, count, gray, _channel1);
        Store(_row2 + x, count, gray, _channel2);
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

    // By two rounds of interleaving; the fourth channel is never formed.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (Vector128<float> Channel0, Vector128<float> Channel1, Vector128<float> Channel2) Transpose(
        Vector128<float> p0, Vector128<float> p1, Vector128<float> p2, Vector128<float> p3)
    {
        if (Sse.IsSupported)
        {
            Vector128<float> low01 = Sse.UnpackLow(p0, p1), low23 = Sse.UnpackLow(p2, p3);
            Vector128<float> high01 = Sse.UnpackHigh(p0, p1), high23 = Sse.UnpackHigh(p2, p3);
            return (Sse.MoveLowToHigh(low01, low23), Sse.MoveHighToLow(low23, low01), Sse.MoveLowToHigh(high01, high23));
        }

        return (
            Vector128.Create(p0[0], p1[0], p2[0], p3[0]),
            Vector128.Create(p0[1], p1[1], p2[1], p3[1]),
            Vector128.Create(p0[2], p1[2], p2[2], p3[2]));
    }
}
