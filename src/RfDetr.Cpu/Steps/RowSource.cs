namespace RfDetr.Cpu;

/// <summary>
/// Makes the rows that a product works on, a block at a time in scratch, where they are not simply in memory already.
/// </summary>
internal abstract unsafe class RowSource
{
    /// <summary>Bytes of scratch beside the rows themselves.</summary>
    public virtual int ScratchBytes => 0;

    /// <summary>Writes <paramref name="count"/> rows of the product's k values from row <paramref name="first"/> on.</summary>
    /// <param name="first">First row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="to">Rows one after another.</param>
    /// <param name="scratch">As much as <see cref="ScratchBytes"/> says.</param>
    /// <param name="context">The running task's.</param>
    public abstract void Fill(int first, int count, float* to, byte* scratch, in TaskContext context);
}

/// <summary>A layer norm's vectors.</summary>
/// <param name="Weight">n values.</param>
/// <param name="Bias">n values.</param>
/// <param name="Epsilon">ε.</param>
/// <param name="Activation">Function that follows it.</param>
internal sealed record NormParameters(Operand Weight, Operand Bias, float Epsilon, UnaryFunction Activation);

/// <summary>Rows from anywhere (windows, slices), normalized on the way if asked to.</summary>
internal sealed unsafe class GatheredRows(
    KernelSet kernels, Storage storage, int[]? table, int offset, int step, int width, NormParameters? norm) : RowSource
{
    public static GatheredRows Of(KernelSet kernels, View view, NormParameters? norm) => view.RowStep() is { } step
        ? new(kernels, view.Storage, null, view.Offset, step, view.Width, norm)
        : new(kernels, view.Storage, view.RowOffsets(), 0, 0, view.Width, norm);

    public override void Fill(int first, int count, float* to, byte* scratch, in TaskContext context)
    {
        float* from = (float*)storage.At((byte*)context.Arena) + offset;
        float* weight = norm is null ? null : norm.Weight.At(context), bias = norm is null ? null : norm.Bias.At(context);
        for (int row = first; row < first + count; row++, to += width)
        {
            float* source = from + (table is null ? (nint)row * step : table[row]);
            if (norm is null)
                Buffer.MemoryCopy(source, to, width * sizeof(float), width * sizeof(float));
            else
                kernels.Norm(source, weight, bias, norm.Epsilon, norm.Activation, to, width);
        }
    }
}
