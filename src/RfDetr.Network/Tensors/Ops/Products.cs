namespace RfDetr.Tensors;

/// <summary>Matrix product over the last two axes; leading axes broadcast. <c>[…, m, k] × […, k, n] → […, m, n]</c>.</summary>
/// <param name="TransposeB">The second input is <c>[…, n, k]</c>.</param>
internal sealed record MatMul(bool TransposeB = false) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 2 && inputs[0].Shape.Rank >= 2 && inputs[1].Shape.Rank >= 2 && AreFloats(inputs),
            "takes two float tensors of rank 2 or more", inputs);
        Shape a = inputs[0].Shape, b = inputs[1].Shape;
        (Dim k, Dim n) = TransposeB ? (b[-1], b[-2]) : (b[-2], b[-1]);
        Require(a[-1] == k, "the inner sizes must be equal", inputs);
        Shape lead = Broadcast(Shape.Create(a.AsSpan()[..^2]), Shape.Create(b.AsSpan()[..^2]), inputs);
        return inputs[0] with { Shape = [.. lead, a[-2], n] };
    }
}

/// <summary>
/// Convolution, channels last: <c>[B, H, W, C]</c> with weights <c>[O, C/groups, kH, kW]</c> (as checkpoints hold them)
/// and optional bias <c>[O]</c> → <c>[B, H', W', O]</c>, zero padding.
/// </summary>
internal sealed record Conv2d(int Stride = 1, int Padding = 0, int Groups = 1) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length is 2 or 3 && inputs[0].Shape.Rank == 4 && inputs[1].Shape.Rank == 4 && AreFloats(inputs),
            "takes floats [B, H, W, C], weights [O, C, kH, kW] and perhaps a bias", inputs);
        Require(Stride > 0 && Padding >= 0 && Groups > 0, "stride and groups must be at least 1, the padding at least 0", inputs);
        Shape x = inputs[0].Shape, w = inputs[1].Shape;
        Require(x[3] == w[1] * Groups && w[0].Size % Groups == 0, "the channels must fit the weights", inputs);
        Require(inputs.Length == 2 || inputs[2].Shape.Equals([w[0]]), "the bias must have one value per output channel", inputs);
        int height = Extent(x[1].Size, w[2].Size), width = Extent(x[2].Size, w[3].Size);
        Require(height > 0 && width > 0, "the kernel is larger than the padded input", inputs);
        return inputs[0] with { Shape = [x[0], height, width, w[0]] };
    }

    private int Extent(int size, int kernel) => size + 2 * Padding < kernel ? 0 : (size + 2 * Padding - kernel) / Stride + 1;
}
