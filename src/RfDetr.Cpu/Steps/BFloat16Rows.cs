namespace RfDetr.Cpu;

/// <summary>A product's rows rounded to bfloat16, two to the room of a float32; 0 beyond the last value of an odd row.</summary>
/// <param name="kernels">Kernels that round.</param>
/// <param name="plan">The product in float32: where its rows come from.</param>
internal sealed unsafe class BFloat16Rows(KernelSet kernels, ProductPlan plan) : RowSource
{
    // One row of values, then what makes it.
    public override int ScratchBytes => plan.Source is null ? 0 : RowBytes + plan.Source.ScratchBytes;

    private int RowBytes => (plan.K * sizeof(float) + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;

    /// <summary>Pairs of a row.</summary>
    public static int Pairs(int k) => (k + 1) / 2;

    /// <summary>The product with rows of pairs.</summary>
    public static ProductPlan Paired(KernelSet kernels, ProductPlan plan) =>
        plan with { K = Pairs(plan.K), TermsPerElement = 2, A = default, Lda = 0, Source = new BFloat16Rows(kernels, plan) };

    public override void Fill(int first, int count, float* to, byte* scratch, in TaskContext context)
    {
        int k = plan.K;
        for (int row = first; row < first + count; row++, to += Pairs(k))
        {
            float* values = (float*)scratch;
            if (plan.Source is { } source)
                source.Fill(row, 1, values, scratch + RowBytes, context);
            else
                values = plan.A.At(context) + (nint)row * plan.Lda;
            ushort* rounded = (ushort*)to;
            kernels.RoundToBFloat16(values, rounded, k);
            if (k % 2 != 0)
                rounded[k] = 0;
        }
    }
}
