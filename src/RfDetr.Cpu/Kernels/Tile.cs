using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>
/// The innermost product: a tile of rows × two registers of columns, all of whose sums stay in registers. The rows are written out one by
/// one, as the JIT keeps plain locals in registers and arrays not. Kernels are compiled fully at once: the first picture should not wait for
/// the JIT to find out that they are hot.
/// </summary>
internal static unsafe class Tile<TSimd, T>
    where TSimd : ISimd<T>
    where T : unmanaged
{
    /// <summary>c = a·b, or c += a·b, for <see cref="ISimd{T}.TileRows"/> rows.</summary>
    /// <param name="a">Rows of k values, <paramref name="lda"/> apart.</param>
    /// <param name="lda">Distance of rows of a.</param>
    /// <param name="b">A packed panel: k times two registers.</param>
    /// <param name="k">Terms of each sum.</param>
    /// <param name="c">Rows of two registers, <paramref name="ldc"/> apart.</param>
    /// <param name="ldc">Distance of rows of c.</param>
    /// <param name="add">Add to c instead of replacing it.</param>
    public static void Multiply(float* a, nint lda, float* b, nint k, float* c, nint ldc, bool add)
    {
        if (TSimd.TileRows == 12)
            Rows12(a, lda, b, k, c, ldc, add);
        else
            Rows6(a, lda, b, k, c, ldc, add);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows6(float* a, nint lda, float* b, nint k, float* c, nint ldc, bool add)
    {
        int n = TSimd.Count;
        float* a1 = a + 3 * lda;
        T x0 = TSimd.Set(0), y0 = x0;
        T x1 = TSimd.Set(0), y1 = x1;
        T x2 = TSimd.Set(0), y2 = x2;
        T x3 = TSimd.Set(0), y3 = x3;
        T x4 = TSimd.Set(0), y4 = x4;
        T x5 = TSimd.Set(0), y5 = x5;
        nint twice = lda * 2;
        for (float* end = b + 2 * n * k; b < end; b += 2 * n)
        {
            T b0 = TSimd.Load(b), b1 = TSimd.Load(b + n), s;
            s = TSimd.Set(*a);
            x0 = TSimd.MulAdd(s, b0, x0);
            y0 = TSimd.MulAdd(s, b1, y0);
            s = TSimd.Set(*(a + lda));
            x1 = TSimd.MulAdd(s, b0, x1);
            y1 = TSimd.MulAdd(s, b1, y1);
            s = TSimd.Set(*(a + twice));
            x2 = TSimd.MulAdd(s, b0, x2);
            y2 = TSimd.MulAdd(s, b1, y2);
            s = TSimd.Set(*a1);
            x3 = TSimd.MulAdd(s, b0, x3);
            y3 = TSimd.MulAdd(s, b1, y3);
            s = TSimd.Set(*(a1 + lda));
            x4 = TSimd.MulAdd(s, b0, x4);
            y4 = TSimd.MulAdd(s, b1, y4);
            s = TSimd.Set(*(a1 + twice));
            x5 = TSimd.MulAdd(s, b0, x5);
            y5 = TSimd.MulAdd(s, b1, y5);
            a++;
            a1++;
        }

        if (add)
        {
            float* to = c;
            x0 = TSimd.Add(x0, TSimd.Load(to));
            y0 = TSimd.Add(y0, TSimd.Load(to + n));
            to += ldc;
            x1 = TSimd.Add(x1, TSimd.Load(to));
            y1 = TSimd.Add(y1, TSimd.Load(to + n));
            to += ldc;
            x2 = TSimd.Add(x2, TSimd.Load(to));
            y2 = TSimd.Add(y2, TSimd.Load(to + n));
            to += ldc;
            x3 = TSimd.Add(x3, TSimd.Load(to));
            y3 = TSimd.Add(y3, TSimd.Load(to + n));
            to += ldc;
            x4 = TSimd.Add(x4, TSimd.Load(to));
            y4 = TSimd.Add(y4, TSimd.Load(to + n));
            to += ldc;
            x5 = TSimd.Add(x5, TSimd.Load(to));
            y5 = TSimd.Add(y5, TSimd.Load(to + n));
        }

        TSimd.Store(c, x0);
        TSimd.Store(c + n, y0);
        c += ldc;
        TSimd.Store(c, x1);
        TSimd.Store(c + n, y1);
        c += ldc;
        TSimd.Store(c, x2);
        TSimd.Store(c + n, y2);
        c += ldc;
        TSimd.Store(c, x3);
        TSimd.Store(c + n, y3);
        c += ldc;
        TSimd.Store(c, x4);
        TSimd.Store(c + n, y4);
        c += ldc;
        TSimd.Store(c, x5);
        TSimd.Store(c + n, y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows12(float* a, nint lda, float* b, nint k, float* c, nint ldc, bool add)
    {
        int n = TSimd.Count;
        float* a1 = a + 3 * lda;
        float* a2 = a + 6 * lda;
        float* a3 = a + 9 * lda;
        T x0 = TSimd.Set(0), y0 = x0;
        T x1 = TSimd.Set(0), y1 = x1;
        T x2 = TSimd.Set(0), y2 = x2;
        T x3 = TSimd.Set(0), y3 = x3;
        T x4 = TSimd.Set(0), y4 = x4;
        T x5 = TSimd.Set(0), y5 = x5;
        T x6 = TSimd.Set(0), y6 = x6;
        T x7 = TSimd.Set(0), y7 = x7;
        T x8 = TSimd.Set(0), y8 = x8;
        T x9 = TSimd.Set(0), y9 = x9;
        T x10 = TSimd.Set(0), y10 = x10;
        T x11 = TSimd.Set(0), y11 = x11;
        nint twice = lda * 2;
        for (float* end = b + 2 * n * k; b < end; b += 2 * n)
        {
            T b0 = TSimd.Load(b), b1 = TSimd.Load(b + n), s;
            s = TSimd.Set(*a);
            x0 = TSimd.MulAdd(s, b0, x0);
            y0 = TSimd.MulAdd(s, b1, y0);
            s = TSimd.Set(*(a + lda));
            x1 = TSimd.MulAdd(s, b0, x1);
            y1 = TSimd.MulAdd(s, b1, y1);
            s = TSimd.Set(*(a + twice));
            x2 = TSimd.MulAdd(s, b0, x2);
            y2 = TSimd.MulAdd(s, b1, y2);
            s = TSimd.Set(*a1);
            x3 = TSimd.MulAdd(s, b0, x3);
            y3 = TSimd.MulAdd(s, b1, y3);
            s = TSimd.Set(*(a1 + lda));
            x4 = TSimd.MulAdd(s, b0, x4);
            y4 = TSimd.MulAdd(s, b1, y4);
            s = TSimd.Set(*(a1 + twice));
            x5 = TSimd.MulAdd(s, b0, x5);
            y5 = TSimd.MulAdd(s, b1, y5);
            s = TSimd.Set(*a2);
            x6 = TSimd.MulAdd(s, b0, x6);
            y6 = TSimd.MulAdd(s, b1, y6);
            s = TSimd.Set(*(a2 + lda));
            x7 = TSimd.MulAdd(s, b0, x7);
            y7 = TSimd.MulAdd(s, b1, y7);
            s = TSimd.Set(*(a2 + twice));
            x8 = TSimd.MulAdd(s, b0, x8);
            y8 = TSimd.MulAdd(s, b1, y8);
            s = TSimd.Set(*a3);
            x9 = TSimd.MulAdd(s, b0, x9);
            y9 = TSimd.MulAdd(s, b1, y9);
            s = TSimd.Set(*(a3 + lda));
            x10 = TSimd.MulAdd(s, b0, x10);
            y10 = TSimd.MulAdd(s, b1, y10);
            s = TSimd.Set(*(a3 + twice));
            x11 = TSimd.MulAdd(s, b0, x11);
            y11 = TSimd.MulAdd(s, b1, y11);
            a++;
            a1++;
            a2++;
            a3++;
        }

        if (add)
        {
            float* to = c;
            x0 = TSimd.Add(x0, TSimd.Load(to));
            y0 = TSimd.Add(y0, TSimd.Load(to + n));
            to += ldc;
            x1 = TSimd.Add(x1, TSimd.Load(to));
            y1 = TSimd.Add(y1, TSimd.Load(to + n));
            to += ldc;
            x2 = TSimd.Add(x2, TSimd.Load(to));
            y2 = TSimd.Add(y2, TSimd.Load(to + n));
            to += ldc;
            x3 = TSimd.Add(x3, TSimd.Load(to));
            y3 = TSimd.Add(y3, TSimd.Load(to + n));
            to += ldc;
            x4 = TSimd.Add(x4, TSimd.Load(to));
            y4 = TSimd.Add(y4, TSimd.Load(to + n));
            to += ldc;
            x5 = TSimd.Add(x5, TSimd.Load(to));
            y5 = TSimd.Add(y5, TSimd.Load(to + n));
            to += ldc;
            x6 = TSimd.Add(x6, TSimd.Load(to));
            y6 = TSimd.Add(y6, TSimd.Load(to + n));
            to += ldc;
            x7 = TSimd.Add(x7, TSimd.Load(to));
            y7 = TSimd.Add(y7, TSimd.Load(to + n));
            to += ldc;
            x8 = TSimd.Add(x8, TSimd.Load(to));
            y8 = TSimd.Add(y8, TSimd.Load(to + n));
            to += ldc;
            x9 = TSimd.Add(x9, TSimd.Load(to));
            y9 = TSimd.Add(y9, TSimd.Load(to + n));
            to += ldc;
            x10 = TSimd.Add(x10, TSimd.Load(to));
            y10 = TSimd.Add(y10, TSimd.Load(to + n));
            to += ldc;
            x11 = TSimd.Add(x11, TSimd.Load(to));
            y11 = TSimd.Add(y11, TSimd.Load(to + n));
        }

        TSimd.Store(c, x0);
        TSimd.Store(c + n, y0);
        c += ldc;
        TSimd.Store(c, x1);
        TSimd.Store(c + n, y1);
        c += ldc;
        TSimd.Store(c, x2);
        TSimd.Store(c + n, y2);
        c += ldc;
        TSimd.Store(c, x3);
        TSimd.Store(c + n, y3);
        c += ldc;
        TSimd.Store(c, x4);
        TSimd.Store(c + n, y4);
        c += ldc;
        TSimd.Store(c, x5);
        TSimd.Store(c + n, y5);
        c += ldc;
        TSimd.Store(c, x6);
        TSimd.Store(c + n, y6);
        c += ldc;
        TSimd.Store(c, x7);
        TSimd.Store(c + n, y7);
        c += ldc;
        TSimd.Store(c, x8);
        TSimd.Store(c + n, y8);
        c += ldc;
        TSimd.Store(c, x9);
        TSimd.Store(c + n, y9);
        c += ldc;
        TSimd.Store(c, x10);
        TSimd.Store(c + n, y10);
        c += ldc;
        TSimd.Store(c, x11);
        TSimd.Store(c + n, y11);
    }
}
