using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Resizes dense maps [B, h, w, C], one row of the result after another: first down the rows, then along.</summary>
internal sealed unsafe class ResampleStep(
    KernelSet kernels, int batch, int height, int width, int channels, ResampleTaps down, ResampleTaps along, Operand x,
    Operand y)
    : Step("resize")
{
    public override int Tasks => batch * down.Starts.Length;

    public override int ScratchBytes => width * channels * sizeof(float);

    public override void Execute(int task, in TaskContext context)
    {
        int rows = down.Starts.Length, image = task / rows, row = task % rows, line = width * channels;
        float* mixed = (float*)context.Scratch, from = x.At(context) + ((nint)image * height + down.Starts[row]) * line;
        Mix(from, line, down.Weights[row], mixed, line);
        float* to = y.At(context) + (nint)task * along.Starts.Length * channels;
        for (int column = 0; column < along.Starts.Length; column++, to += channels)
            Mix(mixed + along.Starts[column] * channels, channels, along.Weights[column], to, channels);
    }

    private void Mix(float* from, int step, float[] weights, float* to, int length)
    {
        float first = weights[0];
        kernels.Combine(BinaryKind.Mul, from, 1, &first, 0, to, length);
        for (int i = 1; i < weights.Length; i++)
            kernels.AddScaled(from + (nint)i * step, weights[i], to, length);
    }
}
