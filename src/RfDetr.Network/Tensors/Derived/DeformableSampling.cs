namespace RfDetr.Tensors;

/// <summary>
/// The sampling of multi-scale deformable attention (Deformable DETR, arXiv 2010.04159, eq. 3): values <c>[B, S, d]</c> of all
/// levels one after another, locations <c>[B, Q, heads, levels·points, (x, y)]</c> in 0..1 of the image, weights
/// <c>[B, Q, heads, levels·points]</c>
/// → <c>[B, Q, d]</c>. Bilinear, zeros outside, pixel centers at half integers.
/// </summary>
/// <param name="Heads">Attention heads; d is a multiple.</param>
/// <param name="Points">Sampling points per head and level.</param>
/// <param name="LevelSizes">Height and width of each level in turn: h₀, v₀, h₁, v₁, …</param>
internal sealed record DeformableSampling(int Heads, int Points, IntList LevelSizes) : DerivedOp
{
    private int Levels => LevelSizes.Count / 2;

    /// <inheritdoc/>
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            Heads > 0 && Points > 0 && Levels > 0 && LevelSizes.Count % 2 == 0,
            $"needs heads, points and a height and width for each level, got {Heads}, {Points} and {LevelSizes}", inputs);
        Require(
            inputs.Length == 3 && AreFloats(inputs) && inputs[0].Shape.Rank == 3 && inputs[1].Shape.Rank == 5,
            "takes values [B, S, d], locations and weights", inputs);
        Shape value = inputs[0].Shape, at = inputs[1].Shape;
        int cells = Enumerable.Range(0, Levels).Sum(l => LevelSizes[2 * l] * LevelSizes[2 * l + 1]);
        Require(
            value[1] == cells && value[2].Size % Heads == 0, $"the values must be {cells} rows of a multiple of {Heads}", inputs);
        Require(
            at.Equals([value[0], at[1], Heads, Levels * Points, 2]),
            $"the locations must be [B, Q, {Heads}, {Levels * Points}, 2]", inputs);
        Require(
            inputs[2].Shape.Equals([value[0], at[1], Heads, Levels * Points]),
            "the weights must be shaped as the locations without (x, y)", inputs);
        return inputs[0] with { Shape = [value[0], at[1], value[2]] };
    }

    /// <inheritdoc/>
    public override Tensor Decompose(ReadOnlySpan<Tensor> inputs)
    {
        (Tensor value, Tensor locations, Tensor weights) = (inputs[0], inputs[1], inputs[2]);
        (Dim batch, Dim queries, int width) = (value.Shape[0], locations.Shape[1], value.Shape[2].Size);
        Tensor grid = (locations * 2f - 1f).Permute(0, 2, 1, 3, 4).Reshape(batch * Heads, queries, Levels * Points, 2);
        Tensor planes = value.Permute(0, 2, 1);                                                       // [B, d, S]
        var sampled = new List<Tensor>();
        for (int level = 0, start = 0; level < Levels; level++)
        {
            (int h, int v) = (LevelSizes[2 * level], LevelSizes[2 * level + 1]);
            Tensor plane = (Levels == 1 ? planes : planes.Slice(2, start, h * v)).Reshape(batch * Heads, width / Heads, h, v);
            // [B·heads, d/heads, Q, points]
            sampled.Add(plane.GridSample(Levels == 1 ? grid : grid.Slice(2, level * Points, Points)));
            start += h * v;
        }

        Tensor mix = weights.Permute(0, 2, 1, 3).Reshape(batch * Heads, 1, queries, Levels * Points);
        Tensor sum = (sampled.Concat(3) * mix).Reduce(ReduceKind.Sum, 3);                             // [B·heads, d/heads, Q]
        return sum.Reshape(batch, width, queries).Permute(0, 2, 1);                                   // [B, Q, d]
    }
}
