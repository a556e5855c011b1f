using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Something done to each row of a value by itself.</summary>
internal abstract unsafe class RowStep(string kind, int rows, int width) : Step(kind)
{
    private const int TaskElements = 16 * 1024;
    private readonly int _perTask = Math.Max(TaskElements / Math.Max(width, 1), 1);

    public override int Tasks => (rows + _perTask - 1) / _perTask;

    protected int Width => width;

    public override void Execute(int task, in TaskContext context)
    {
        for (int row = task * _perTask; row < Math.Min((task + 1) * _perTask, rows); row++)
            Row(row, context);
    }

    protected abstract void Row(int row, in TaskContext context);
}

/// <summary>Layer norm of rows from anywhere.</summary>
internal sealed unsafe class NormStep(RowSource rows, int count, int width, Operand y, int step) : RowStep("norm", count, width)
{
    protected override void Row(int row, in TaskContext context) =>
        rows.Fill(row, 1, y.At(context) + (nint)row * step, null, context);
}

/// <summary>Softmax of dense rows.</summary>
internal sealed unsafe class SoftmaxStep(KernelSet kernels, int rows, int width, Operand x, Operand y)
    : RowStep("softmax", rows, width)
{
    protected override void Row(int row, in TaskContext context) =>
        kernels.Softmax(x.At(context) + (nint)row * Width, y.At(context) + (nint)row * Width, Width);
}

/// <summary>Dense [outer, size, inner] → [outer, inner].</summary>
internal sealed unsafe class ReduceStep(KernelSet kernels, ReduceKind kind, int outer, int size, int inner, Operand x, Operand y)
    : RowStep("reduce", outer, size * inner)
{
    protected override void Row(int row, in TaskContext context)
    {
        float* from = x.At(context) + (nint)row * size * inner, to = y.At(context) + (nint)row * inner;
        if (inner == 1)
        {
            *to = kernels.Reduce(kind, from, size);
            return;
        }

        new ReadOnlySpan<float>(from, inner).CopyTo(new Span<float>(to, inner));
        for (int i = 1; i < size; i++)
            kernels.Combine(
                kind == ReduceKind.Max ? BinaryKind.Max : BinaryKind.Add, to, 1, from + (nint)i * inner, 1, to, inner);
        if (kind == ReduceKind.Mean)
            kernels.Scale(to, 1f / size, inner);
    }
}
