using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr;

/// <summary>
/// The two inner loops of the resize. Rows are blended first: that walks over contiguous bytes, and what is left to
/// do sideways is one float row that stays in the first-level cache.
/// </summary>
internal static unsafe class RowKernels
{
    /// <summary>Values one step of <see cref="BlendRows"/> takes.</summary>
    private const int Step = 32;

    /// <summary><c>row[i] = Σ_t weights[t] · source[t · stride + i]</c>; taps of weight 0 are not read.</summary>
    public static void BlendRows(byte* source, nint stride, float* weights, int taps, float* row, int count)
    {
        while (taps > 1 && weights[taps - 1] == 0)
            taps--;
        int i = 0;
        if (count >= Step)
        {
            for (; i <= count - Step; i += Step)
                BlendStep(source + i, stride, weights, taps, row + i);
            if (i < count)
                BlendStep(source + count - Step, stride, weights, taps, row + count - Step);
            return;
        }

        for (; i < count; i++)
        {
            float sum = 0;
            for (int t = 0; t < taps; t++)
                sum += weights[t] * source[t * stride + i];
            row[i] = sum;
        }
    }

    /// <summary>
    /// One output row of three planes from a row of interleaved pixels:
    /// <c>plane[x] = factor · Σ_t w[x, t] · pixel[start[x] + t] + offset</c>.
    /// </summary>
    /// <param name="row">
    /// Pixels of <paramref name="channels"/> floats, readable for <c>taps</c> pixels and 4 floats beyond the last.
    /// </param>
    /// <param name="channels">3 or 4; a fourth is skipped.</param>
    /// <param name="axis">The taps.</param>
    /// <param name="start">Its starts, pinned.</param>
    /// <param name="weights">Its weights, pinned.</param>
    /// <param name="planes">The three planes' rows, with their factors and offsets, in the order of the row's channels.</param>
    public static void ResampleColor(float* row, int channels, AxisTaps axis, int* start, float* weights, in PlaneRows planes)
    {
        int taps = axis.Taps;
        for (int x = 0; x < axis.Target; x += 4)
        {
            float* s0 = row + (nint)start[x] * channels, s1 = row + (nint)start[x + 1] * channels;
            float* s2 = row + (nint)start[x + 2] * channels, s3 = row + (nint)start[x + 3] * channels;
            float* w = weights + (nint)x * taps;
            Vector128<float> p0 = w[0] * Vector128.Load(s0);
            Vector128<float> p1 = w[taps] * Vector128.Load(s1);
            Vector128<float> p2 = w[2 * taps] * Vector128.Load(s2);
            Vector128<float> p3 = w[3 * taps] * Vector128.Load(s3);
            for (int t = 1; t < taps; t++)
            {
                w++;
                s0 += channels;
                s1 += channels;
                s2 += channels;
                s3 += channels;
                p0 = Vector128.MultiplyAddEstimate(Vector128.Create(w[0]), Vector128.Load(s0), p0);
                p1 = Vector128.MultiplyAddEstimate(Vector128.Create(w[taps]), Vector128.Load(s1), p1);
                p2 = Vector128.MultiplyAddEstimate(Vector128.Create(w[2 * taps]), Vector128.Load(s2), p2);
                p3 = Vector128.MultiplyAddEstimate(Vector128.Create(w[3 * taps]), Vector128.Load(s3), p3);
            }

            planes.Store(x, axis.Target - x, p0, p1, p2, p3);
        }
    }

    /// <summary>The same for one channel, which all three planes share.</summary>
    public static void ResampleGray(float* row, AxisTaps axis, int* start, float* weights, in PlaneRows planes)
    {
        int taps = axis.Taps;
        for (int x = 0; x < axis.Target; x += 4)
        {
            float* w = weights + (nint)x * taps;
            float sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
            for (int t = 0; t < taps; t++, w++)
            {
                sum0 += w[0] * row[start[x] + t];
                sum1 += w[taps] * row[start[x + 1] + t];
                sum2 += w[2 * taps] * row[start[x + 2] + t];
                sum3 += w[3 * taps] * row[start[x + 3] + t];
            }

            planes.Store(x, axis.Target - x, Vector128.Create(sum0, sum1, sum2, sum3));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void BlendStep(byte* source, nint stride, float* weights, int taps, float* row)
    {
        Vector256<float> a = default, b = default, c = default, d = default;
        for (int t = 0; t < taps; t++, source += stride)
        {
            Vector256<float> w = Vector256.Create(weights[t]);
            a = Vector256.MultiplyAddEstimate(w, Widen(source), a);
            b = Vector256.MultiplyAddEstimate(w, Widen(source + 8), b);
            c = Vector256.MultiplyAddEstimate(w, Widen(source + 16), c);
            d = Vector256.MultiplyAddEstimate(w, Widen(source + 24), d);
        }

        a.Store(row);
        b.Store(row + 8);
        c.Store(row + 16);
        d.Store(row + 24);
    }

    // Eight bytes to floats; the portable form costs two instructions more on x86.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Widen(byte* bytes)
    {
        if (Avx2.IsSupported)
            return Avx.ConvertToVector256Single(Avx2.ConvertToVector256Int32(bytes));
        Vector128<ushort> shorts = Vector128.WidenLower(Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(bytes)).AsByte());
        return Vector256.Create(
            Vector128.ConvertToSingle(Vector128.WidenLower(shorts).AsInt32()),
            Vector128.ConvertToSingle(Vector128.WidenUpper(shorts).AsInt32()));
    }
}
