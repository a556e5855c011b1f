namespace RfDetr.Cpu;

/// <summary>
/// activation(A·B + bias) + residual from 8-bit integers, perhaps normalized: a block's rows become codes, then panel after panel
/// passes over them.
/// </summary>
internal sealed unsafe class Int8ProductStep : Step
{
    // A block's codes should stay in the second-level cache beside a panel and the result's block.
    private const int CacheBytes = 192 * 1024, MostRows = 96, LeastOperations = 200_000;
    private readonly KernelSet _kernels;
    private readonly Int8Kernel _int8;
    private readonly ProductPlan _p;
    private readonly ActivationRange? _range;
    private readonly Int8Layout _layout;
    private readonly RowBlocks _blocks;

    public Int8ProductStep(string kind, KernelSet kernels, ProductPlan plan, ActivationRange? range, int threads)
        : base(kind + ", int8")
    {
        (_kernels, _int8, _p, _range) = (kernels, kernels.Int8, plan, range);
        _layout = _int8.Layout(plan.N, plan.K);
        int rows = Math.Clamp(CacheBytes / _layout.RowBytes, _int8.TileRows, MostRows);
        _blocks = new RowBlocks(
            plan.Rows, _layout.Panels, _int8.TileRows, rows, Operations < LeastOperations ? 1 : threads, plan.Norm is null);
    }

    public override int Tasks => _blocks.Count;

    public override long Operations => 2L * _p.Rows * _p.K * _p.N;

    public override int ScratchBytes => RowAt + (_p.Source is null ? 0 : Aligned(_p.K * sizeof(float)) + _p.Source.ScratchBytes);

    // Codes, sums of a panel, scales of rows, then one row of values and what makes it.
    private int SumsAt => Aligned(_blocks.MostRows * _layout.RowBytes);

    private int ScalesAt => SumsAt + Aligned(_blocks.MostRows * _layout.Columns * sizeof(int));

    private int RowAt => ScalesAt + Aligned(_blocks.MostRows * sizeof(RowScale));

    public override void Execute(int task, in TaskContext context)
    {
        (int first, int rows, int firstPanel, int panels) = _blocks[task];
        byte* codes = (byte*)context.Scratch;
        var scales = (RowScale*)(codes + ScalesAt);
        float* row = (float*)(codes + RowAt);
        for (int i = 0; i < rows; i++)
        {
            float* values = row;
            if (_p.Source is { } source)
                source.Fill(first + i, 1, row, codes + RowAt + Aligned(_p.K * sizeof(float)), context);
            else
                values = _p.A.At(context) + (nint)(first + i) * _p.Lda;
            scales[i] = _int8.Quantize(values, _p.K, _range, codes + (nint)i * _layout.RowBytes);
        }

        float* c = _p.C.At(context) + (nint)first * _p.Ldc;
        _int8.Product(new Int8Block
        {
            Codes = codes,
            RowScales = scales,
            Rows = rows,
            Layout = _layout,
            Weights = (byte*)_p.B.At(context),
            FirstPanel = firstPanel,
            Panels = panels,
            C = c,
            Ldc = _p.Ldc,
            Bias = _p.Bias.At(context),
            Residual = _p.Residual.IsNone ? null : _p.Residual.At(context) + (nint)first * _p.Ldr,
            Ldr = _p.Ldr,
            Activation = _p.Activation,
            Sums = (int*)(codes + SumsAt),
        });
        if (_p.Norm is not { } norm)
            return;
        float* weight = norm.Weight.At(context), bias = norm.Bias.At(context);
        for (int i = 0; i < rows; i++, c += _p.Ldc)
            _kernels.Norm(c, weight, bias, norm.Epsilon, norm.Activation, c, _p.N);
    }

    private static int Aligned(int bytes) => (bytes + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;
}
