using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>
/// The innermost product: a tile of rows × two registers of columns, all of whose sums stay in registers. The rows are named one
/// by one, as the JIT keeps plain locals in registers and arrays not. Kernels are compiled fully at once: the first image should
/// not wait for the JIT to find out that they are hot.
/// </summary>
/// <remarks>
/// Four terms are written out per turn of the loop, at fixed distances from the pointers: where two virtual processors share a
/// core, what is short is not multiplications but instructions per cycle, and a turn per term has a sixth more of them (measured:
/// 10 % of the time).
/// </remarks>
internal readonly unsafe struct Tile<TSimd, T> : ITile
    where TSimd : ISimd<T>
    where T : unmanaged
{
    private const int Unroll = 4, Turn = Unroll * sizeof(float), Half = 6;

    public static int Rows => TSimd.TileRows;

    public static int Columns => 2 * TSimd.Count;

    public static int TurnTerms => Unroll;

    public static void Multiply(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far)
    {
        if (TSimd.TileRows == 2 * Half)
            Rows12(a, lda, b, k, c, ldc, addends, ref far);
        else
            Rows6(a, lda, b, k, c, ldc, addends, ref far);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows6(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far)
    {
        byte* next = far.Next;
        nint nextStep = far.Step;
        T zero = TSimd.Set(0);
        T x0 = zero, x1 = zero, x2 = zero, x3 = zero, x4 = zero, x5 = zero;
        T y0 = zero, y1 = zero, y2 = zero, y3 = zero, y4 = zero, y5 = zero;
        nint step = lda * sizeof(float);
        byte* p = (byte*)a, below = p + 3 * step;
        int n = TSimd.Count;
        float* end = b + 2 * n * k;
        for (
            float* turns = b + 2 * n * (k - k % Unroll); b < turns; b += 2 * n * Unroll, p += Turn, below += Turn,
            next += nextStep)
        {
            T u, v;
            Prefetch.Far(next);
            (u, v) = (TSimd.Load(b), TSimd.Load(b + n));
            Term(
                p, below, step, 0, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            (u, v) = (TSimd.Load(b + 2 * n), TSimd.Load(b + 3 * n));
            Term(
                p, below, step, 1, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            (u, v) = (TSimd.Load(b + 4 * n), TSimd.Load(b + 5 * n));
            Term(
                p, below, step, 2, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            (u, v) = (TSimd.Load(b + 6 * n), TSimd.Load(b + 7 * n));
            Term(
                p, below, step, 3, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
        }

        for (; b < end; b += 2 * n, p += sizeof(float), below += sizeof(float))
        {
            T u = TSimd.Load(b), v = TSimd.Load(b + n);
            Term(
                p, below, step, 0, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
        }

        far.Next = next;
        Finish(c, ldc, addends, 0, x0, y0, x1, y1, x2, y2, x3, y3, x4, y4, x5, y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows12(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far)
    {
        byte* next = far.Next;
        nint nextStep = far.Step;
        T zero = TSimd.Set(0);
        T x0 = zero, x1 = zero, x2 = zero, x3 = zero, x4 = zero, x5 = zero;
        T y0 = zero, y1 = zero, y2 = zero, y3 = zero, y4 = zero, y5 = zero;
        T z0 = zero, z1 = zero, z2 = zero, z3 = zero, z4 = zero, z5 = zero;
        T w0 = zero, w1 = zero, w2 = zero, w3 = zero, w4 = zero, w5 = zero;
        nint step = lda * sizeof(float);
        byte* p = (byte*)a, below = p + 3 * step, p1 = p + Half * step, below1 = p1 + 3 * step;
        int n = TSimd.Count;
        float* end = b + 2 * n * k;
        for (
            float* turns = b + 2 * n * (k - k % Unroll); b < turns; b += 2 * n * Unroll, p += Turn, below += Turn, p1 += Turn,
            below1 += Turn, next += nextStep)
        {
            T u, v;
            Prefetch.Far(next);
            (u, v) = (TSimd.Load(b), TSimd.Load(b + n));
            Term(
                p, below, step, 0, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            Term(
                p1, below1, step, 0, u, v, ref z0, ref w0, ref z1, ref w1, ref z2, ref w2, ref z3, ref w3, ref z4, ref w4, ref z5,
                ref w5);
            (u, v) = (TSimd.Load(b + 2 * n), TSimd.Load(b + 3 * n));
            Term(
                p, below, step, 1, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            Term(
                p1, below1, step, 1, u, v, ref z0, ref w0, ref z1, ref w1, ref z2, ref w2, ref z3, ref w3, ref z4, ref w4, ref z5,
                ref w5);
            (u, v) = (TSimd.Load(b + 4 * n), TSimd.Load(b + 5 * n));
            Term(
                p, below, step, 2, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            Term(
                p1, below1, step, 2, u, v, ref z0, ref w0, ref z1, ref w1, ref z2, ref w2, ref z3, ref w3, ref z4, ref w4, ref z5,
                ref w5);
            (u, v) = (TSimd.Load(b + 6 * n), TSimd.Load(b + 7 * n));
            Term(
                p, below, step, 3, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            Term(
                p1, below1, step, 3, u, v, ref z0, ref w0, ref z1, ref w1, ref z2, ref w2, ref z3, ref w3, ref z4, ref w4, ref z5,
                ref w5);
        }

        for (; b < end; b += 2 * n, p += sizeof(float), below += sizeof(float), p1 += sizeof(float), below1 += sizeof(float))
        {
            T u = TSimd.Load(b), v = TSimd.Load(b + n);
            Term(
                p, below, step, 0, u, v, ref x0, ref y0, ref x1, ref y1, ref x2, ref y2, ref x3, ref y3, ref x4, ref y4, ref x5,
                ref y5);
            Term(
                p1, below1, step, 0, u, v, ref z0, ref w0, ref z1, ref w1, ref z2, ref w2, ref z3, ref w3, ref z4, ref w4, ref z5,
                ref w5);
        }

        far.Next = next;
        Finish(c, ldc, addends, 0, x0, y0, x1, y1, x2, y2, x3, y3, x4, y4, x5, y5);
        Finish(c + Half * ldc, ldc, addends, Half, z0, w0, z1, w1, z2, w2, z3, w3, z4, w4, z5, w5);
    }

    /// <summary>
    /// Term number <paramref name="t"/> of the sums of six rows, the lower three of which begin at <paramref name="below"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Term(
        byte* a, byte* below, nint step, int t, T u, T v,
        ref T x0, ref T y0, ref T x1, ref T y1, ref T x2, ref T y2, ref T x3, ref T y3, ref T x4, ref T y4, ref T x5, ref T y5)
    {
        T s = TSimd.Set(*(float*)(a + t * sizeof(float)));
        x0 = TSimd.MulAdd(s, u, x0);
        y0 = TSimd.MulAdd(s, v, y0);
        s = TSimd.Set(*(float*)(a + step + t * sizeof(float)));
        x1 = TSimd.MulAdd(s, u, x1);
        y1 = TSimd.MulAdd(s, v, y1);
        s = TSimd.Set(*(float*)(a + 2 * step + t * sizeof(float)));
        x2 = TSimd.MulAdd(s, u, x2);
        y2 = TSimd.MulAdd(s, v, y2);
        s = TSimd.Set(*(float*)(below + t * sizeof(float)));
        x3 = TSimd.MulAdd(s, u, x3);
        y3 = TSimd.MulAdd(s, v, y3);
        s = TSimd.Set(*(float*)(below + step + t * sizeof(float)));
        x4 = TSimd.MulAdd(s, u, x4);
        y4 = TSimd.MulAdd(s, v, y4);
        s = TSimd.Set(*(float*)(below + 2 * step + t * sizeof(float)));
        x5 = TSimd.MulAdd(s, u, x5);
        y5 = TSimd.MulAdd(s, v, y5);
    }

    // One branch; more of them would cost more than adding zeros does.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(
        float* c, nint ldc, in TileAddends addends, int row, T x0, T y0, T x1, T y1, T x2, T y2, T x3, T y3, T x4, T y4, T x5,
        T y5)
    {
        if (!addends.Any)
        {
            Store(c, x0, y0);
            Store(c + ldc, x1, y1);
            Store(c + 2 * ldc, x2, y2);
            Store(c + 3 * ldc, x3, y3);
            Store(c + 4 * ldc, x4, y4);
            Store(c + 5 * ldc, x5, y5);
            return;
        }

        T u = TSimd.Load(addends.Columns), v = TSimd.Load(addends.Columns + TSimd.Count);
        nint ldp = addends.PriorStep, ldr = addends.RowsStep;
        float* p = addends.Prior + row * ldp, r = addends.Rows + row * ldr;
        Finish(c, p, r, u, v, x0, y0);
        Finish(c + ldc, p + ldp, r + ldr, u, v, x1, y1);
        Finish(c + 2 * ldc, p + 2 * ldp, r + 2 * ldr, u, v, x2, y2);
        Finish(c + 3 * ldc, p + 3 * ldp, r + 3 * ldr, u, v, x3, y3);
        Finish(c + 4 * ldc, p + 4 * ldp, r + 4 * ldr, u, v, x4, y4);
        Finish(c + 5 * ldc, p + 5 * ldp, r + 5 * ldr, u, v, x5, y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(float* c, float* prior, float* rows, T u, T v, T x, T y)
    {
        int n = TSimd.Count;
        TSimd.Store(c, TSimd.Add(TSimd.Add(TSimd.Add(x, TSimd.Load(prior)), u), TSimd.Load(rows)));
        TSimd.Store(c + n, TSimd.Add(TSimd.Add(TSimd.Add(y, TSimd.Load(prior + n)), v), TSimd.Load(rows + n)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* c, T x, T y)
    {
        TSimd.Store(c, x);
        TSimd.Store(c + TSimd.Count, y);
    }
}
