using RfDetr.Tensors;

namespace RfDetr.Torch;

/// <summary>Deformable sampling over libtorch's grid sampler: one call per level, then a weighted sum over the points.</summary>
internal static class DeformableKernel
{
    public static TorchTensor Run(TorchTensor value, TorchTensor locations, TorchTensor weights, DeformableSampling op)
    {
        using var scope = new TorchScope();
        long batch = value.Size(0), queries = locations.Size(1), width = value.Size(2);
        int heads = op.Heads, points = op.Points, levels = op.LevelSizes.Count / 2;
        TorchTensor grid = (locations * 2.0 - 1.0).Transpose(1, 2).Reshape(batch * heads, queries, levels * points, 2);
        TorchTensor planes = value.Transpose(1, 2);                                                          // [B, d, S]
        var sampled = new TorchTensor[levels];
        for (int level = 0, start = 0; level < levels; level++)
        {
            int h = op.LevelSizes[2 * level], v = op.LevelSizes[2 * level + 1];
            TorchTensor plane = planes.Narrow(2, start, h * v).Reshape(batch * heads, width / heads, h, v);
            // [B·heads, d/heads, Q, points]
            sampled[level] = plane.GridSample(grid.Narrow(2, level * points, points));
            start += h * v;
        }

        TorchTensor all = levels == 1 ? sampled[0] : TorchTensor.Cat(sampled, 3);
        TorchTensor mix = weights.Transpose(1, 2).Reshape(batch * heads, 1, queries, levels * points);
        return scope.Keep((all * mix).Sum(3).Reshape(batch, width, queries).Transpose(1, 2));                // [B, Q, d]
    }
}
