namespace RfDetr.Cpu;

/// <summary>Notes the range of a product's rows; only in networks that are observed.</summary>
internal sealed unsafe class RangeStep(
    KernelSet kernels, ProductPlan plan, IReadOnlyList<string> weights, ActivationObserver observer) : Step("observation")
{
    private const int RowsPerTask = 64;

    public override int Tasks => (plan.Rows + RowsPerTask - 1) / RowsPerTask;

    public override int ScratchBytes => RowFloats * sizeof(float) + (plan.Source?.ScratchBytes ?? 0);

    private int RowFloats => (plan.K + 15) / 16 * 16;

    public override void Execute(int task, in TaskContext context)
    {
        float* row = (float*)context.Scratch;
        var range = default(ActivationRange);
        for (int i = task * RowsPerTask; i < Math.Min((task + 1) * RowsPerTask, plan.Rows); i++)
        {
            float* values = row;
            if (plan.Source is { } source)
                source.Fill(i, 1, row, (byte*)(row + RowFloats), context);
            else
                values = plan.A.At(context) + (nint)i * plan.Lda;
            range = range.With(kernels.Int8.Range(values, plan.K));
        }

        observer.Note(weights, range);
    }
}
