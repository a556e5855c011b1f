using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;
using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>Matrix products over packed panels.</summary>
/// <remarks>
/// k is cut into blocks so that one panel's block (two registers × 384) stays in the first-level cache while all row tiles pass over it.
/// What comes next of the weights is fetched meanwhile, a part with each row tile: they come from afar, and only once for a block of rows.
/// Rows that do not fill a tile are copied first, so that the tile kernel is the only one and never reads beyond its rows.
/// </remarks>
internal static unsafe class ProductKernel<TSimd, T, TTile>
    where TSimd : ISimd<T>
    where T : unmanaged
    where TTile : ITile
{
    private const int BlockK = 384, Line = 64;

    /// <summary>Scratch that a product with sums of k terms takes.</summary>
    public static int ScratchFloats(int k) => TTile.Rows * (k + TTile.Columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in ProductBlock p)
    {
        int rows = TTile.Rows, columns = TTile.Columns, whole = p.Rows / rows * rows, rest = p.Rows - whole;
        float* tile = p.Scratch, edge = p.Scratch + rows * columns;
        if (rest > 0)
            CopyRows(p.A + whole * p.Lda, p.Lda, edge, p.K, rest, rows);
        int blocks = Math.Max(1, (p.K + BlockK - 1) / BlockK), size = (p.K + blocks - 1) / blocks;
        for (int from = 0; from == 0 || from < p.K; from += size)
        {
            int k = Math.Min(size, p.K - from);
            bool first = from == 0, last = from + k >= p.K;
            for (int panel = p.FirstPanel; panel < p.FirstPanel + p.Panels; panel++)
            {
                float* b = p.B + (nint)panel * p.K * columns + (nint)from * columns;
                int column = panel * columns, width = Math.Min(columns, p.N - column);
                bool hasNext = panel + 1 < p.FirstPanel + p.Panels;
                byte* next = (byte*)(b + (nint)p.K * columns), nextEnd = next + (hasNext ? (nint)k * columns * sizeof(float) : 0);
                nint share = (nint)(nextEnd - next) / ((p.Rows + rows - 1) / rows) + Line;
                for (int row = 0; row < p.Rows; row += rows)
                {
                    float* c = p.C + row * p.Ldc + column;
                    int height = Math.Min(rows, p.Rows - row);
                    bool isEdge = row >= whole;
                    float* a = (isEdge ? edge : p.A + row * p.Lda) + from;
                    nint lda = isEdge ? p.K : p.Lda;
                    for (byte* to = (byte*)Math.Min((nint)(next + share), (nint)nextEnd); next < to; next += Line)
                        Prefetch(next);
                    if (height == rows && width == columns)
                    {
                        TTile.Multiply(a, lda, b, k, c, p.Ldc, !first);
                        if (last)
                            Finish(p, row, column, c, p.Ldc, height, width);
                        continue;
                    }

                    if (!first)
                        CopyTile(c, p.Ldc, tile, columns, height, width);
                    TTile.Multiply(a, lda, b, k, tile, columns, !first);
                    if (last)
                        Finish(p, row, column, tile, columns, height, width);
                    else
                        CopyTile(tile, columns, c, p.Ldc, height, width);
                }
            }
        }
    }

    // Where the platform has no such instruction, the processor guesses by itself.
    private static void Prefetch(byte* line)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(line);
    }

    private static void Finish(in ProductBlock p, int row, int column, float* from, nint step, int height, int width)
    {
        float* to = p.C + row * p.Ldc + column;
        float* bias = p.Bias == null ? null : p.Bias + column;
        float* residual = p.Residual == null ? null : p.Residual + row * p.Ldr + column;
        if (bias == null && residual == null && p.Activation == Epilogue.None && from == to)
            return;
        switch (p.Activation)
        {
            case Epilogue.Relu: Finish<Relu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            case Epilogue.Gelu: Finish<Gelu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            case Epilogue.Silu: Finish<Silu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            default: Finish<Same>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFunction>(float* from, nint step, float* to, nint ldc, float* bias, float* residual, nint ldr, int height, int width)
        where TFunction : IFunction
    {
        for (int row = 0; row < height; row++)
        {
            int i = 0;
            for (; i <= width - TSimd.Count; i += TSimd.Count)
                One<TSimd, T, TFunction>(from + i, to + i, bias == null ? null : bias + i, residual == null ? null : residual + i);
            for (; i < width; i++)
                One<SimdScalar, float, TFunction>(from + i, to + i, bias == null ? null : bias + i, residual == null ? null : residual + i);
            from += step;
            to += ldc;
            if (residual != null)
                residual += ldr;
        }
    }

    private static void One<TS, TR, TFunction>(float* from, float* to, float* bias, float* residual)
        where TS : ISimd<TR>
        where TR : unmanaged
        where TFunction : IFunction
    {
        TR x = TS.Load(from);
        if (bias != null)
            x = TS.Add(x, TS.Load(bias));
        x = TFunction.Of<TS, TR>(x);
        if (residual != null)
            x = TS.Add(x, TS.Load(residual));
        TS.Store(to, x);
    }

    private static void CopyRows(float* from, nint step, float* to, int length, int count, int rows)
    {
        for (int row = 0; row < rows; row++)
        {
            // The tile's surplus rows repeat the last one; what they give is dropped.
            float* source = from + Math.Min(row, count - 1) * step;
            Buffer.MemoryCopy(source, to + row * length, length * sizeof(float), length * sizeof(float));
        }
    }

    private static void CopyTile(float* from, nint fromStep, float* to, nint toStep, int height, int width)
    {
        for (int row = 0; row < height; row++)
            Buffer.MemoryCopy(from + row * fromStep, to + row * toStep, width * sizeof(float), width * sizeof(float));
    }
}
