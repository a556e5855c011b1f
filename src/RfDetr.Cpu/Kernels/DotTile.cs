using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>
/// The innermost integer product: 6 rows × two registers of int32 sums. Written out as <see cref="Tile{TSimd,T}"/> is, and for
/// the same reason; with AVX2 it takes all 16 registers.
/// </summary>
internal readonly unsafe struct DotTile<TDot, T> : IDotTile
    where TDot : IDotSimd<T>
    where T : unmanaged
{
    public static int Rows => 6;

    public static int Columns => 2 * TDot.Count;

    public static int Group => TDot.Group;

    public static int Bias => TDot.Bias;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add, Int8Tile* result = null)
    {
        int n = TDot.Count, bytes = TDot.Count * TDot.Group;
        byte* a1 = a + 3 * rowBytes;
        T x0 = TDot.Zero, y0 = x0;
        T x1 = TDot.Zero, y1 = x1;
        T x2 = TDot.Zero, y2 = x2;
        T x3 = TDot.Zero, y3 = x3;
        T x4 = TDot.Zero, y4 = x4;
        T x5 = TDot.Zero, y5 = x5;
        nint twice = rowBytes * 2;
        for (sbyte* end = b + groups * 2 * bytes; b < end; b += 2 * bytes)
        {
            T b0 = TDot.Load(b), b1 = TDot.Load(b + bytes), s;
            s = TDot.Spread(a);
            x0 = TDot.Dot(x0, s, b0);
            y0 = TDot.Dot(y0, s, b1);
            s = TDot.Spread(a + rowBytes);
            x1 = TDot.Dot(x1, s, b0);
            y1 = TDot.Dot(y1, s, b1);
            s = TDot.Spread(a + twice);
            x2 = TDot.Dot(x2, s, b0);
            y2 = TDot.Dot(y2, s, b1);
            s = TDot.Spread(a1);
            x3 = TDot.Dot(x3, s, b0);
            y3 = TDot.Dot(y3, s, b1);
            s = TDot.Spread(a1 + rowBytes);
            x4 = TDot.Dot(x4, s, b0);
            y4 = TDot.Dot(y4, s, b1);
            s = TDot.Spread(a1 + twice);
            x5 = TDot.Dot(x5, s, b0);
            y5 = TDot.Dot(y5, s, b1);
            a += sizeof(int);
            a1 += sizeof(int);
        }

        if (add)
        {
            x0 = TDot.Add(x0, TDot.LoadSums(c));
            y0 = TDot.Add(y0, TDot.LoadSums(c + n));
            x1 = TDot.Add(x1, TDot.LoadSums(c + 2 * n));
            y1 = TDot.Add(y1, TDot.LoadSums(c + 3 * n));
            x2 = TDot.Add(x2, TDot.LoadSums(c + 4 * n));
            y2 = TDot.Add(y2, TDot.LoadSums(c + 5 * n));
            x3 = TDot.Add(x3, TDot.LoadSums(c + 6 * n));
            y3 = TDot.Add(y3, TDot.LoadSums(c + 7 * n));
            x4 = TDot.Add(x4, TDot.LoadSums(c + 8 * n));
            y4 = TDot.Add(y4, TDot.LoadSums(c + 9 * n));
            x5 = TDot.Add(x5, TDot.LoadSums(c + 10 * n));
            y5 = TDot.Add(y5, TDot.LoadSums(c + 11 * n));
        }

        if (result != null)
        {
            RowScale* own = result->RowScales;
            int* columns = result->OfColumns;
            nint ldc = result->Ldc, ldr = result->Ldr;
            float* to = result->C, residual = result->Residual;
            Store(to, x0, y0, own, columns, residual);
            Store(to + ldc, x1, y1, own + 1, columns, residual + ldr);
            Store(to + 2 * ldc, x2, y2, own + 2, columns, residual + 2 * ldr);
            to += 3 * ldc;
            residual += 3 * ldr;
            Store(to, x3, y3, own + 3, columns, residual);
            Store(to + ldc, x4, y4, own + 4, columns, residual + ldr);
            Store(to + 2 * ldc, x5, y5, own + 5, columns, residual + 2 * ldr);
            return;
        }

        TDot.Store(c, x0);
        TDot.Store(c + n, y0);
        TDot.Store(c + 2 * n, x1);
        TDot.Store(c + 3 * n, y1);
        TDot.Store(c + 4 * n, x2);
        TDot.Store(c + 5 * n, y2);
        TDot.Store(c + 6 * n, x3);
        TDot.Store(c + 7 * n, y3);
        TDot.Store(c + 8 * n, x4);
        TDot.Store(c + 9 * n, y4);
        TDot.Store(c + 10 * n, x5);
        TDot.Store(c + 11 * n, y5);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* to, T x, T y, RowScale* row, int* columns, float* residual)
    {
        TDot.Store(to, x, row, columns, Columns, residual);
        TDot.Store(to + TDot.Count, y, row, columns + TDot.Count, Columns, residual + TDot.Count);
    }
}
