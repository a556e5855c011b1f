using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>Description of what a product step reads, computes and writes; all numbers count elements.</summary>
internal sealed record ProductPlan
{
    public required int Rows { get; init; }

    public required int K { get; init; }

    /// <summary>Terms in each element of rows and panels: 2 for pairs of bfloat16.</summary>
    public int TermsPerElement { get; init; } = 1;

    public required int N { get; init; }

    /// <summary>Rows in memory; unless <see cref="Source"/> makes them.</summary>
    public Operand A { get; init; }

    public int Lda { get; init; }

    public RowSource? Source { get; init; }

    /// <summary>Packed panels.</summary>
    public required Operand B { get; init; }

    public Operand Bias { get; init; }

    public Epilogue Activation { get; init; }

    public Operand Residual { get; init; }

    public int Ldr { get; init; }

    public required Operand C { get; init; }

    public required int Ldc { get; init; }

    /// <summary>Applied to each finished row.</summary>
    public NormParameters? Norm { get; init; }

    /// <summary>Several products of one shape: where each begins in A, B and C. Null for one.</summary>
    public (int A, int B, int C)[]? Batches { get; init; }
}

/// <summary>activation(A·B + bias) + residual, perhaps normalized, block by block of rows.</summary>
internal sealed unsafe class ProductStep : Step
{
    // A block's rows should stay in the second-level cache beside a panel and the result's block.
    private const int CacheFloats = 48 * 1024, MostRows = 96, LeastOperations = 100_000;
    private readonly KernelSet _kernels;
    private readonly ProductPlan _p;
    private readonly RowBlocks _blocks;

    public ProductStep(string kind, KernelSet kernels, ProductPlan plan, int threads)
        : base(kind)
    {
        (_kernels, _p) = (kernels, plan);
        int panels = (plan.N + kernels.TileColumns - 1) / kernels.TileColumns;
        int rows = plan.Source is null ? MostRows : Math.Clamp(CacheFloats / Math.Max(plan.K, 1), kernels.TileRows, MostRows);
        _blocks = new RowBlocks(
            plan.Rows, panels, kernels.TileRows, rows, Operations < LeastOperations ? 1 : threads, plan.Norm is null);
    }

    public override int Tasks => _blocks.Count * (_p.Batches?.Length ?? 1);

    public override long Operations => 2L * _p.Rows * _p.K * _p.TermsPerElement * _p.N * (_p.Batches?.Length ?? 1);

    public override int ScratchBytes => ProductScratch + SourceBytes + (_p.Source?.ScratchBytes ?? 0);

    private int ProductScratch => Aligned(_kernels.ProductScratchFloats(_p.K));

    private int SourceBytes => _p.Source is null ? 0 : Aligned(_blocks.MostRows * _p.K);

    public override void Execute(int task, in TaskContext context)
    {
        (int first, int rows, int firstPanel, int panels) = _blocks[task % _blocks.Count];
        (int atA, int atB, int atC) = _p.Batches?[task / _blocks.Count] ?? default;
        byte* scratch = (byte*)context.Scratch;
        float* a = (float*)(scratch + ProductScratch);
        if (_p.Source is { } source)
            source.Fill(first, rows, a, scratch + ProductScratch + SourceBytes, context);
        else
            a = _p.A.At(context) + atA + (nint)first * _p.Lda;
        float* c = _p.C.At(context) + atC + (nint)first * _p.Ldc;
        _kernels.Product(new ProductBlock
        {
            A = a,
            Lda = _p.Source is null ? _p.Lda : _p.K,
            Rows = rows,
            K = _p.K,
            N = _p.N,
            B = _p.B.At(context) + atB,
            FirstPanel = firstPanel,
            Panels = panels,
            C = c,
            Ldc = _p.Ldc,
            Bias = _p.Bias.At(context),
            Residual = _p.Residual.IsNone ? null : _p.Residual.At(context) + (nint)first * _p.Ldr,
            Ldr = _p.Ldr,
            Activation = _p.Activation,
            Scratch = (float*)scratch,
        });
        if (_p.Norm is not { } norm)
            return;
        float* weight = norm.Weight.At(context), bias = norm.Bias.At(context);
        for (int row = 0; row < rows; row++, c += _p.Ldc)
            _kernels.Norm(c, weight, bias, norm.Epsilon, norm.Activation, c, _p.N);
    }

    private static int Aligned(int floats) =>
        (floats * sizeof(float) + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;
}
