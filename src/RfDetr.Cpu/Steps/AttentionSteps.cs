namespace RfDetr.Cpu;

/// <summary>Facts that both attention steps need. Each of q, k, v lies in memory as rows of all heads.</summary>
internal sealed record AttentionPlan
{
    public required int Batch { get; init; }

    public required int Heads { get; init; }

    public required int Queries { get; init; }

    public required int Keys { get; init; }

    /// <summary>Width of a head.</summary>
    public required int Width { get; init; }

    public required Operand Query { get; init; }

    public required Operand Key { get; init; }

    public required Operand Value { get; init; }

    public required Operand Result { get; init; }

    /// <summary>Distances of images and of rows: queries, keys, values, result.</summary>
    public required (int Image, int Row) QueryStep { get; init; }

    public required (int Image, int Row) KeyStep { get; init; }

    public required (int Image, int Row) ValueStep { get; init; }

    public required (int Image, int Row) ResultStep { get; init; }

    /// <summary>Room for the packed keys and values of all heads.</summary>
    public required Operand Packed { get; init; }

    public required KernelSet Kernels { get; init; }

    public int KeyFloats => PackStep.Floats(Width, Keys, Kernels.TileColumns);

    public int HeadFloats => KeyFloats + PackStep.Floats(Keys, Width, Kernels.TileColumns);
}

/// <summary>Packs one head's keys (transposed) and values for products.</summary>
internal sealed unsafe class AttentionPackStep(AttentionPlan p) : Step("attention pack")
{
    public override int Tasks => p.Batch * p.Heads;

    public override void Execute(int task, in TaskContext context)
    {
        int image = task / p.Heads, head = task % p.Heads, columns = p.Kernels.TileColumns;
        float* packed = p.Packed.At(context) + (nint)task * p.HeadFloats;
        float* keys = p.Key.At(context) + (nint)image * p.KeyStep.Image + head * p.Width;
        for (int at = 0; at < p.Keys; at += columns, packed += columns * p.Width)
            PackStep.Pack(
                keys + (nint)at * p.KeyStep.Row, 1, p.KeyStep.Row, p.Width, Math.Min(columns, p.Keys - at), columns, packed);
        float* values = p.Value.At(context) + (nint)image * p.ValueStep.Image + head * p.Width;
        for (int at = 0; at < p.Width; at += columns, packed += columns * p.Keys)
            PackStep.Pack(values + at, p.ValueStep.Row, 1, p.Keys, Math.Min(columns, p.Width - at), columns, packed);
    }
}

/// <summary>softmax(q·kᵀ/√d)·v, a head and a block of queries at a time; the scores never leave the cache.</summary>
internal sealed unsafe class AttentionStep : Step
{
    private const int MostScores = 24 * 1024;
    private readonly AttentionPlan _p;
    private readonly RowBlocks _blocks;
    private readonly float _scale;

    public AttentionStep(AttentionPlan plan, int threads)
        : base("attention")
    {
        _p = plan;
        _scale = 1 / MathF.Sqrt(plan.Width);
        int rows = Math.Clamp(MostScores / plan.Keys / plan.Kernels.TileRows * plan.Kernels.TileRows, plan.Kernels.TileRows, 48);
        // Heads and images already give tasks to share.
        int share = plan.Batch * plan.Heads >= 4 * threads ? 1 : threads;
        _blocks = new RowBlocks(plan.Queries, 1, plan.Kernels.TileRows, rows, share, cutColumns: false);
    }

    public override int Tasks => _p.Batch * _p.Heads * _blocks.Count;

    public override int ScratchBytes =>
        (_p.Kernels.ProductScratchFloats(Math.Max(_p.Keys, _p.Width)) + 16 + _blocks.MostRows * ScoreStep) * sizeof(float);

    public override long Operations => 4L * _p.Batch * _p.Heads * _p.Queries * _p.Keys * _p.Width;

    private int ScoreStep => (_p.Keys + 15) / 16 * 16;

    public override void Execute(int task, in TaskContext context)
    {
        int index = task / _blocks.Count, image = index / _p.Heads, head = index % _p.Heads, columns = _p.Kernels.TileColumns;
        (int first, int rows, _, _) = _blocks[task % _blocks.Count];
        float* scratch = (float*)context.Scratch, packed = _p.Packed.At(context) + (nint)index * _p.HeadFloats;
        float* scores = scratch + (_p.Kernels.ProductScratchFloats(Math.Max(_p.Keys, _p.Width)) + 15) / 16 * 16;
        var product = new ProductBlock
        {
            A = _p.Query.At(context) + (nint)image * _p.QueryStep.Image + (nint)first * _p.QueryStep.Row + head * _p.Width,
            Lda = _p.QueryStep.Row,
            Rows = rows,
            K = _p.Width,
            N = _p.Keys,
            B = packed,
            Panels = (_p.Keys + columns - 1) / columns,
            C = scores,
            Ldc = ScoreStep,
            Scratch = scratch,
        };
        _p.Kernels.Product(product);
        float* sums = stackalloc float[rows];
        for (int row = 0; row < rows; row++)
            sums[row] = _p.Kernels.ExpRow(scores + row * ScoreStep, _scale, _p.Keys);
        float* result =
            _p.Result.At(context) + (nint)image * _p.ResultStep.Image + (nint)first * _p.ResultStep.Row + head * _p.Width;
        product.A = scores;
        product.Lda = ScoreStep;
        product.K = _p.Keys;
        product.N = _p.Width;
        product.B = packed + _p.KeyFloats;
        product.Panels = (_p.Width + columns - 1) / columns;
        product.C = result;
        product.Ldc = _p.ResultStep.Row;
        _p.Kernels.Product(product);
        for (int row = 0; row < rows; row++)
            _p.Kernels.Scale(result + row * _p.ResultStep.Row, 1 / sums[row], _p.Width);
    }
}
