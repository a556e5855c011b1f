using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>A function of each element. Operands: input, result.</summary>
internal sealed unsafe class MapStep(KernelSet kernels, UnaryFunction function, LoopNest loops, Operand x, Operand y)
    : Step(function.ToString().ToLowerInvariant())
{
    public override int Tasks => loops.Tasks;

    public override void Execute(int task, in TaskContext context)
    {
        (int first, int end, int start, int length) = loops[task];
        float* from = x.At(context), to = y.At(context);
        for (int row = first; row < end; row++)
            kernels.Map(
                function, from + loops.Rows[0][row] + (nint)start * loops.Steps[0], loops.Steps[0],
                to + loops.Rows[1][row] + start, length);
    }
}

/// <summary>A function of pairs of elements. Operands: a, b, result.</summary>
internal sealed unsafe class CombineStep(KernelSet kernels, BinaryKind kind, LoopNest loops, Operand a, Operand b, Operand y)
    : Step(kind.ToString().ToLowerInvariant())
{
    public override int Tasks => loops.Tasks;

    public override void Execute(int task, in TaskContext context)
    {
        (int first, int end, int start, int length) = loops[task];
        float* left = a.At(context), right = b.At(context), to = y.At(context);
        for (int row = first; row < end; row++)
        {
            kernels.Combine(
                kind, left + loops.Rows[0][row] + (nint)start * loops.Steps[0], loops.Steps[0],
                right + loops.Rows[1][row] + (nint)start * loops.Steps[1], loops.Steps[1], to + loops.Rows[2][row] + start,
                length);
        }
    }
}

/// <summary>Elements moved to where they are needed side by side; of either size. Operands: input, result.</summary>
internal sealed unsafe class CopyStep(LoopNest loops, int itemBytes, Operand x, Operand y) : Step("copy")
{
    public override int Tasks => loops.Tasks;

    public override void Execute(int task, in TaskContext context)
    {
        (int first, int end, int start, int length) = loops[task];
        for (int row = first; row < end; row++)
        {
            nint from = loops.Rows[0][row] + (nint)start * loops.Steps[0], to = loops.Rows[1][row] + (nint)start * loops.Steps[1];
            if (itemBytes == sizeof(long))
                Copy(x.Indices(context) + from, loops.Steps[0], y.Indices(context) + to, loops.Steps[1], length);
            else
                Copy(x.At(context) + from, loops.Steps[0], y.At(context) + to, loops.Steps[1], length);
        }
    }

    private static void Copy<T>(T* from, nint step, T* to, nint stepTo, int length)
        where T : unmanaged
    {
        if (step == 1 && stepTo == 1)
        {
            new ReadOnlySpan<T>(from, length).CopyTo(new Span<T>(to, length));
            return;
        }

        for (int i = 0; i < length; i++)
            to[i * stepTo] = from[i * step];
    }
}

/// <summary>Rows listed by their offsets, moved to where others list them.</summary>
internal sealed unsafe class CopyRowsStep(int[] rows, int[] places, int width, Storage from, Storage to) : Step("copy")
{
    private const int RowsPerTask = 64;

    public override int Tasks => (rows.Length + RowsPerTask - 1) / RowsPerTask;

    public override void Execute(int task, in TaskContext context)
    {
        float* source = (float*)from.At((byte*)context.Arena), target = (float*)to.At((byte*)context.Arena);
        for (int row = task * RowsPerTask; row < Math.Min((task + 1) * RowsPerTask, rows.Length); row++)
            new ReadOnlySpan<float>(source + rows[row], width).CopyTo(new Span<float>(target + places[row], width));
    }
}
