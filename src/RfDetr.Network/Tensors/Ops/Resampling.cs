namespace RfDetr.Tensors;

/// <summary>
/// Bilinear resize, channels last: <c>[B, h, w, C]</c> → <c>[B, Height, Width, C]</c>, half-pixel centers, edges repeated, no
/// antialias.
/// </summary>
internal sealed record ResizeBilinear(int Height, int Width) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Shape.Rank == 4 && AreFloats(inputs) && Height > 0 && Width > 0,
            "takes floats [B, h, w, C] and a size of at least 1×1", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(1, Height).With(2, Width) };
    }
}

/// <summary>
/// Bicubic resize with antialias, channels last: <c>[B, h, w, C]</c> → <c>[B, Height, Width, C]</c>; a = −0.5, half-pixel
/// centers, kernel widened by the down-scale factor (PyTorch's <c>interpolate(mode="bicubic", antialias=True)</c>). For the
/// position table.
/// </summary>
internal sealed record ResizeBicubicAntialias(int Height, int Width) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Shape.Rank == 4 && AreFloats(inputs) && Height > 0 && Width > 0,
            "takes floats [B, h, w, C] and a size of at least 1×1", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(1, Height).With(2, Width) };
    }
}

/// <summary>
/// Bilinear sampling, channels first: <c>[B, C, h, w]</c> at grid <c>[B, m, n, (x, y)]</c> → <c>[B, C, m, n]</c>. Grid −1…1 spans
/// the image's edges (<c>align_corners = false</c>); zeros outside (PyTorch's <c>grid_sample</c>).
/// </summary>
internal sealed record GridSample : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 2
                && AreFloats(inputs) && inputs[0].Shape.Rank == 4 && inputs[1].Shape.Rank == 4 && inputs[1].Shape[3] == 2
                && inputs[0].Shape[0] == inputs[1].Shape[0],
            "takes [B, C, h, w] and a grid [B, m, n, 2]", inputs);
        Shape grid = inputs[1].Shape;
        return inputs[0] with { Shape = [inputs[0].Shape[0], inputs[0].Shape[1], grid[1], grid[2]] };
    }
}
