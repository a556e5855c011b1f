using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Fills values with u(key, 0), u(key, 1), … in [−1, 1).</summary>
internal delegate void FillFormula(string key, Span<float> values);

/// <summary>The formula by which anyone can make the goldens' weights, images, points and directions.</summary>
/// <param name="Weights">From a salt to its weights.</param>
/// <param name="Fill">The formula itself.</param>
internal sealed record GoldenFormula(Func<string, IWeightInitializer> Weights, FillFormula Fill)
{
    /// <summary>A normalized image batch: 2·u(salt + ":input", i).</summary>
    internal float[] Input(string salt, int count)
    {
        var values = new float[count];
        Fill($"{salt}:input", values);
        for (int i = 0; i < count; i++)
            values[i] *= 2;
        return values;
    }

    /// <summary>Points instead of random ones: (u(key, i) + 1) / 2, x and y in turn.</summary>
    internal float[] Points(string key, int count)
    {
        var values = new float[2 * count];
        Fill(key, values);
        for (int i = 0; i < values.Length; i++)
            values[i] = (values[i] + 1) / 2;
        return values;
    }

    /// <summary>Norm of a tensor and its projection on u("dir:" + name).</summary>
    internal (double Norm, double Projection) Measure(string name, TorchTensor tensor)
    {
        double[] values;
        using (new TorchScope())
            values = tensor.Detach().To(ScalarType.Float64).ToArray<double>();
        var direction = new float[values.Length];
        Fill($"dir:{name}", direction);
        double squares = 0, along = 0;
        for (int i = 0; i < values.Length; i++)
        {
            squares += values[i] * values[i];
            along += values[i] * direction[i];
        }

        return (Math.Sqrt(squares), along);
    }
}

/// <summary>The goldens' points: the same for all masks and steps.</summary>
internal sealed class FormulaPoints(GoldenFormula formula) : PointSource
{
    /// <inheritdoc/>
    public override float[] ForMatching(int count) => formula.Points("points:match", count);

    /// <inheritdoc/>
    public override TorchTensor ForLoss(TorchTensor masks, int count, LossOptions options) =>
        TorchTensor.From<float>(formula.Points("points:loss", count), [1, count, 2], masks.Device).To(masks.ScalarType);
}
