using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Losses;

/// <summary>Seeded predictions and targets in float64, as arrays for plain loops and as tensors for the criterion.</summary>
internal sealed class RandomScene
{
    public const int Batch =
        3, Groups = 2, PerGroup = 5, Queries = Groups * PerGroup, Classes = 4, Sets = 3, Side = 8, Width = 6, Image = 32;

    private readonly Random _random;

    public RandomScene(int seed, int[]? objects = null)
    {
        _random = new Random(seed);
        objects ??= [2, 0, 3];
        Logits = Fill(Sets, Batch * Queries * Classes, 3);
        Boxes = [.. Enumerable.Range(0, Sets).Select(_ => Enumerable.Range(0, Batch * Queries).SelectMany(_ => Box()).ToArray())];
        Features = Fill(Sets, Batch * Side * Side * Width, 1);
        MaskQueries = Fill(Sets, Batch * Queries * Width, 1);
        Targets = [.. objects.Select((n, i) => new Target(
            [.. Enumerable.Range(0, n).SelectMany(_ => Box()).Select(v => (float)v)],
            [.. Enumerable.Range(0, n).Select(_ => _random.Next(Classes))],
            [.. Enumerable.Range(0, n).Select(_ => Mask())], i))];
        Points = new FixedPoints([.. Enumerable.Range(0, 2 * 64).Select(_ => _random.NextSingle())]);
    }

    /// <summary>[set][b, q, c].</summary>
    public double[][] Logits { get; }

    /// <summary>[set][b, q, 4].</summary>
    public double[][] Boxes { get; }

    /// <summary>[set][b, y, x, d].</summary>
    public double[][] Features { get; }

    /// <summary>[set][b, q, d].</summary>
    public double[][] MaskQueries { get; }

    public double Bias => 0.25;

    public Target[] Targets { get; }

    public FixedPoints Points { get; }

    public LossContext Context => new() { Groups = Groups, Height = Image, Width = Image, Points = Points };

    public Predictions Predictions(bool masks, bool gradients = false)
    {
        TorchTensor bias = TorchTensor.From([Bias], [1]);
        return new([.. Enumerable.Range(0, Sets).Select(s => new PredictionSet(
            s == 0 ? "" : s == Sets - 1 ? "_enc" : $"_{s - 1}", Leaf(Logits[s], gradients, Batch, Queries, Classes),
            Leaf(Boxes[s], gradients, Batch, Queries, 4), s * Queries,
            masks
                ? new(
                    Leaf(Features[s], gradients, Batch, Side, Side, Width),
                    Leaf(MaskQueries[s], gradients, Batch, Queries, Width), bias)
                : null))]);
    }

    public bool TargetPixel(int image, int index, double x, double y) =>
        Targets[image].Masks![index].At(Nearest(x), Nearest(y)) == 1;

    // Halves to the even pixel, as grid_sample rounds.
    private static int Nearest(double at) => (int)Math.Round(Math.Clamp(at * Image - 0.5, 0, Image - 1), MidpointRounding.ToEven);

    private static TorchTensor Leaf(double[] values, bool gradients, params long[] shape)
    {
        TorchTensor tensor = TorchTensor.From(values, shape);
        tensor.RequiresGrad = gradients;
        return tensor;
    }

    private double[][] Fill(int count, int length, double scale) =>
        [
            .. Enumerable.Range(0, count).Select(_ =>
                Enumerable.Range(0, length).Select(_ => scale * (2 * _random.NextDouble() - 1)).ToArray())
        ];

    // Some widths below 0: the network's boxes are not bounded.
    private double[] Box() =>
        [_random.NextDouble(), _random.NextDouble(), _random.NextDouble() * 0.6 - 0.05, _random.NextDouble() * 0.6 + 0.01];

    private TargetMask Mask()
    {
        (int x, int y, int w, int h) = (_random.Next(16), _random.Next(16), _random.Next(1, 17), _random.Next(1, 17));
        return new(x, y, w, h, [.. Enumerable.Range(0, w * h).Select(_ => (byte)_random.Next(2))]);
    }
}

/// <summary>The same points always.</summary>
internal sealed class FixedPoints(float[] points) : PointSource
{
    public override float[] ForMatching(int count) => points[..(2 * count)];

    public override TorchTensor ForLoss(TorchTensor masks, int count, LossOptions options) =>
        TorchTensor.From<float>(points[..(2 * count)], [1, count, 2]).To(masks.ScalarType);
}
