namespace RfDetr.Tensors;

/// <summary>The same elements in another shape.</summary>
internal sealed record Reshape(Shape Target) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && inputs[0].Shape.Elements == Target.Elements, $"the element count must be that of {Target}",
            inputs);
        return inputs[0] with { Shape = Target };
    }
}

/// <summary>Axes reordered: result axis <c>i</c> is input axis <c>Axes[i]</c>.</summary>
internal sealed record Permute(IntList Axes) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1
                && inputs[0].Shape.Rank == Axes.Count && Axes.Order().SequenceEqual(Enumerable.Range(0, Axes.Count)),
            $"{Axes} must name each axis once", inputs);
        Shape shape = inputs[0].Shape;
        return inputs[0] with { Shape = [.. Axes.Select(axis => shape[axis])] };
    }
}

/// <summary>Tensors joined along an axis.</summary>
internal sealed record Concat(int Axis) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length > 0, "takes at least one tensor", inputs);
        Shape first = inputs[0].Shape;
        int total = 0;
        foreach (TensorType input in inputs)
        {
            Require(
                input.DType == inputs[0].DType && input.Shape.With(Axis, 1).Equals(first.With(Axis, 1)),
                $"all sizes but those of axis {Axis} must be equal", inputs);
            total = checked(total + input.Shape[Axis].Size);
        }

        return inputs[0] with { Shape = first.With(Axis, total) };
    }
}

/// <summary><paramref name="Length"/> consecutive entries of an axis from <paramref name="Start"/> on.</summary>
internal sealed record Slice(int Axis, int Start, int Length) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && Start >= 0 && Length >= 0 && Length <= inputs[0].Shape[Axis].Size - Start,
            $"[{Start}, {Start + Length}) must lie within axis {Axis}", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(Axis, Length) };
    }
}

/// <summary>Axes of size one repeated up to <paramref name="Target"/>.</summary>
internal sealed record BroadcastTo(Shape Target) : Op
{
    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 1 && Target.Equals(Shape.TryBroadcast(inputs[0].Shape, Target)), $"must broadcast to {Target}",
            inputs);
        return inputs[0] with { Shape = Target };
    }
}
