using System.Runtime.CompilerServices;
using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>Matrix products over packed panels.</summary>
/// <remarks>
/// k is cut into blocks so that one panel's block (two registers × 384) stays in the first-level cache while all row tiles pass
/// over it. What comes next of the weights is fetched meanwhile, a part with each row tile: they come from afar, and only once
/// for a block of rows. Rows that do not fill a tile are copied first, so that the tile kernel is the only one and never reads
/// beyond its rows.
/// </remarks>
internal static unsafe class ProductKernel<TSimd, T, TTile>
    where TSimd : ISimd<T>
    where T : unmanaged
    where TTile : ITile
{
    private const int BlockK = 384;

    /// <summary>Scratch that a product with sums of k terms takes.</summary>
    public static int ScratchFloats(int k) => TTile.Rows * (k + TTile.Columns);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in ProductBlock p)
    {
        int rows = TTile.Rows, columns = TTile.Columns, whole = p.Rows / rows * rows, rest = p.Rows - whole;
        float* tile = p.Scratch, edge = p.Scratch + rows * columns, zeros = stackalloc float[columns];
        if (rest > 0)
            CopyRows(p.A + whole * p.Lda, p.Lda, edge, p.K, rest, rows);
        int blocks = Math.Max(1, (p.K + BlockK - 1) / BlockK), size = (p.K + blocks - 1) / blocks;
        var addends = new TileAddends(zeros);
        for (int from = 0; from == 0 || from < p.K; from += size)
        {
            int k = Math.Min(size, p.K - from);
            bool first = from == 0, last = from + k >= p.K;
            for (int panel = p.FirstPanel; panel < p.FirstPanel + p.Panels; panel++)
            {
                float* b = PanelAt(p, panel, from);
                int column = panel * columns, width = Math.Min(columns, p.N - column);
                PanelPrefetch next = After(p, panel, from, size);
                for (int row = 0; row < p.Rows; row += rows)
                {
                    float* c = p.C + row * p.Ldc + column;
                    int height = Math.Min(rows, p.Rows - row);
                    bool isEdge = row >= whole;
                    float* a = (isEdge ? edge : p.A + row * p.Lda) + from;
                    nint lda = isEdge ? p.K : p.Lda;
                    addends.Clear();
                    if (height == rows && width == columns)
                    {
                        Whole(p, row, column, a, lda, b, k, first, last, ref addends, ref next);
                        continue;
                    }

                    if (!first)
                    {
                        CopyTile(c, p.Ldc, tile, columns, height, width);
                        addends.Prior = tile;
                        addends.PriorStep = columns;
                    }

                    TTile.Multiply(a, lda, b, k, tile, columns, addends, ref next);
                    if (last)
                        Finish(p, row, column, tile, columns, height, width);
                    else
                        CopyTile(tile, columns, c, p.Ldc, height, width);
                }
            }
        }
    }

    private static float* PanelAt(in ProductBlock p, int panel, int from) => p.B + ((nint)panel * p.K + from) * TTile.Columns;

    // The panel that is multiplied after this one: the next one, or the first one's next terms.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static PanelPrefetch After(in ProductBlock p, int panel, int from, int size)
    {
        bool isLast = panel + 1 == p.FirstPanel + p.Panels;
        if (isLast && from + size >= p.K)
            return PanelPrefetch.None(PanelAt(p, panel, from));
        float* next = isLast ? PanelAt(p, p.FirstPanel, from + size) : PanelAt(p, panel + 1, from);
        nint tiles = (p.Rows + TTile.Rows - 1) / TTile.Rows;
        return new(next, (nint)size * TTile.Columns * sizeof(float), tiles * (size / TTile.TurnTerms));
    }

    // What a whole tile reads and writes besides a and b comes while it multiplies; bias and residual are added before it leaves
    // its registers.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Whole(
        in ProductBlock p, int row, int column, float* a, nint lda, float* b, int k, bool first, bool last,
        ref TileAddends addends, ref PanelPrefetch next)
    {
        float* c = p.C + row * p.Ldc + column;
        Prefetch.Rows(c, p.Ldc, TTile.Rows, TTile.Columns);
        if (!first)
        {
            addends.Prior = c;
            addends.PriorStep = p.Ldc;
        }

        bool activates = last && p.Activation != Epilogue.None, late = activates && p.Residual != null;
        if (last && !late)
        {
            if (p.Bias != null)
                addends.Columns = p.Bias + column;
            if (p.Residual != null)
            {
                addends.Rows = p.Residual + row * p.Ldr + column;
                addends.RowsStep = p.Ldr;
                Prefetch.Rows(addends.Rows, p.Ldr, TTile.Rows, TTile.Columns);
            }
        }

        TTile.Multiply(a, lda, b, k, c, p.Ldc, addends, ref next);
        if (late)
            Finish(p, row, column, c, p.Ldc, TTile.Rows, TTile.Columns);
        else if (activates)
            TileActivation<TSimd, T>.Run(p.Activation, c, p.Ldc, TTile.Rows, TTile.Columns);
    }

    // For tiles that are cut off, and residuals that are added after an activation.
    private static void Finish(in ProductBlock p, int row, int column, float* from, nint step, int height, int width)
    {
        float* to = p.C + row * p.Ldc + column;
        float* bias = p.Bias == null ? null : p.Bias + column;
        float* residual = p.Residual == null ? null : p.Residual + row * p.Ldr + column;
        switch (p.Activation)
        {
            case Epilogue.Relu: Finish<Relu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            case Epilogue.Gelu: Finish<Gelu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            case Epilogue.Silu: Finish<Silu>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
            default: Finish<Same>(from, step, to, p.Ldc, bias, residual, p.Ldr, height, width); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFunction>(
        float* from, nint step, float* to, nint ldc, float* bias, float* residual, nint ldr, int height, int width)
        where TFunction : IFunction
    {
        for (int row = 0; row < height; row++)
        {
            int i = 0;
            for (; i <= width - TSimd.Count; i += TSimd.Count)
                One<TSimd, T, TFunction>(
                    from + i, to + i, bias == null ? null : bias + i, residual == null ? null : residual + i);
            for (; i < width; i++)
                One<SimdScalar, float, TFunction>(
                    from + i, to + i, bias == null ? null : bias + i, residual == null ? null : residual + i);
            from += step;
            to += ldc;
            if (residual != null)
                residual += ldr;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
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
