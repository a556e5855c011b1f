using System.Runtime.CompilerServices;
using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>The kernels compiled for one kind of float register and one kind of integer tile.</summary>
/// <remarks>
/// Groups are cut into blocks so that one panel's block stays in the first-level cache while all row tiles pass over it.
/// </remarks>
internal sealed unsafe class Int8Kernel<TSimd, T, TTile>(string name, int bits = Int8Kernel.UsualBits) : Int8Kernel(name, bits)
    where TSimd : ISimd<T>
    where T : unmanaged
    where TTile : IDotTile
{
    private const int BlockTerms = 768;

    public override int TileRows => TTile.Rows;

    public override Int8Layout Layout(int n, int k) => new(n, k, TTile.Columns, TTile.Group);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override ActivationRange Range(float* x, int n)
    {
        T least = TSimd.Set(0), largest = least;
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
        {
            T v = TSimd.Load(x + i);
            least = TSimd.Min(v, least);
            largest = TSimd.Max(v, largest);
        }

        float low = -TSimd.Largest(TSimd.Sub(TSimd.Set(0), least)), high = TSimd.Largest(largest);
        for (; i < n; i++)
        {
            low = SimdScalar.Min(x[i], low);
            high = SimdScalar.Max(x[i], high);
        }

        return new(low, high);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override RowScale Quantize(float* x, int k, ActivationRange? range, byte* codes)
    {
        (float scale, int zero) = (range ?? Range(x, k)).Codes(MostCode);
        float inverse = 1 / scale;
        T factor = TSimd.Set(inverse), shift = TSimd.Set(zero), none = TSimd.Set(0), most = TSimd.Set(MostCode),
        bias = TSimd.Set(TTile.Bias);
        bool wide = TTile.Group == 2;
        int i = 0;
        for (; i <= k - TSimd.Count; i += TSimd.Count)
        {
            T code = TSimd.Add(TSimd.Round(TSimd.Mul(TSimd.Load(x + i), factor)), shift);
            code = TSimd.Sub(TSimd.Min(TSimd.Max(code, none), most), bias);
            if (wide)
                TSimd.StoreInt16((short*)codes + i, code);
            else
                TSimd.StoreBytes(codes + i, code);
        }

        for (; i < k; i++)
        {
            float code = SimdScalar.Min(SimdScalar.Max(SimdScalar.Round(x[i] * inverse) + zero, 0), MostCode) - TTile.Bias;
            if (wide)
                SimdScalar.StoreInt16((short*)codes + i, code);
            else
                SimdScalar.StoreBytes(codes + i, code);
        }

        for (; i % TTile.Group != 0; i++)
        {
            if (wide)
                ((short*)codes)[i] = 0;
            else
                codes[i] = 0;
        }

        return new(scale, zero - TTile.Bias);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Product(in Int8Block p)
    {
        Int8Layout layout = p.Layout;
        int columns = layout.Columns, rowBytes = layout.RowBytes, most = BlockTerms / TTile.Group,
        tiles = (p.Rows + TTile.Rows - 1) / TTile.Rows;
        int blocks = (layout.Groups + most - 1) / most, size = (layout.Groups + blocks - 1) / blocks;
        // What is scaled in registers is activated afterwards: a residual must not be in it yet.
        bool scales = p.Activation == Epilogue.None || p.Residual == null;
        float* zeros = stackalloc float[columns];
        int* ofColumns = stackalloc int[3 * columns];
        for (int panel = p.FirstPanel; panel < p.FirstPanel + p.Panels; panel++)
        {
            sbyte* b = (sbyte*)p.Weights + (nint)panel * layout.PanelBytes;
            bool hasNext = panel + 1 < p.FirstPanel + p.Panels;
            PanelPrefetch next = hasNext ? new(b + layout.PanelBytes, layout.PanelBytes, tiles * blocks) : PanelPrefetch.None(b);
            var tile = new Int8Tile(p, panel, ofColumns, zeros);
            for (int from = 0; from < layout.Groups; from += size)
            {
                int groups = Math.Min(size, layout.Groups - from);
                bool last = from + groups == layout.Groups;
                for (int row = 0; row < p.Rows; row += TTile.Rows)
                {
                    tile.MoveTo(row, TTile.Rows);
                    next.Advance(1);
                    if (last)
                        tile.Fetch();
                    byte* codes = p.Codes + (nint)row * rowBytes + (nint)from * sizeof(int);
                    sbyte* weights = b + (nint)from * columns * TTile.Group;
                    bool inRegisters = last && scales && tile.IsWhole(TTile.Rows);
                    TTile.Multiply(codes, rowBytes, weights, groups, tile.Sums, from > 0, inRegisters ? &tile : null);
                    if (inRegisters)
                        TileActivation<TSimd, T>.Run(p.Activation, tile.C, tile.Ldc, TTile.Rows, TTile.Columns);
                    else if (last)
                        Finish(p.Activation, tile);
                }
            }
        }
    }

    private static void Finish(Epilogue activation, in Int8Tile tile)
    {
        switch (activation)
        {
            case Epilogue.Relu: Finish<Relu>(tile); break;
            case Epilogue.Gelu: Finish<Gelu>(tile); break;
            case Epilogue.Silu: Finish<Silu>(tile); break;
            default: Finish<Same>(tile); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Finish<TFunction>(in Int8Tile tile)
        where TFunction : IFunction
    {
        for (int row = 0; row < tile.Height; row++)
        {
            RowScale own = tile.RowScales[row];
            int* sums = tile.Sums + row * tile.Columns, columns = tile.OfColumns;
            float* scales = (float*)columns + tile.Columns, bias = scales + tile.Columns;
            float* to = tile.C + row * tile.Ldc, residual = tile.Residual + row * tile.Ldr;
            int i = 0;
            for (; i <= tile.Width - TSimd.Count; i += TSimd.Count)
                One<TSimd, T, TFunction>(sums + i, columns + i, own, scales + i, bias + i, residual + i, to + i);
            for (; i < tile.Width; i++)
                One<SimdScalar, float, TFunction>(sums + i, columns + i, own, scales + i, bias + i, residual + i, to + i);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void One<TS, TR, TFunction>(
        int* sums, int* columnSums, RowScale row, float* scales, float* bias, float* residual, float* to)
        where TS : ISimd<TR>
        where TR : unmanaged
        where TFunction : IFunction
    {
        TR x = TS.Mul(TS.FromSums(sums, columnSums, row.Zero), TS.Mul(TS.Load(scales), TS.Set(row.Scale)));
        x = TFunction.Of<TS, TR>(TS.Add(x, TS.Load(bias)));
        TS.Store(to, TS.Add(x, TS.Load(residual)));
    }
}
