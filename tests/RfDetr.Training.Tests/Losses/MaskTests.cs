using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Losses;

/// <summary>
/// Sampling of masks: against libtorch's grid sampler, PointRend's choice, and that unmatched masks never exist.
/// </summary>
public sealed class MaskTests
{
    [Fact]
    public void Packed_masks_are_sampled_as_whole_ones()
    {
        using var scope = new TorchScope();
        TorchRuntime.ManualSeed(3);
        const int side = 20;
        TargetMask[] masks =
        [
            new(3, 5, 7, 4, Pattern(28)), new(0, 0, side, side, Pattern(side * side)), new(19, 19, 1, 1, [1]), new(4, 4, 0, 0, [])
        ];
        float[] whole = [.. masks.SelectMany(m => Enumerable.Range(0, side * side).Select(i => (float)m.At(i % side, i / side)))];

        // Besides random points: corners, and halves between two pixels, which go to the even one.
        TorchTensor points = TorchTensor.Cat(
            [
                TorchTensor.Rand([4, 200, 2]),
                TorchTensor.From([0f, 0, 1, 1, 0.25f, 0.75f, 0.5f, 0.25f], [1, 4, 2]).Expand(4, 4, 2)
            ],
            1);
        float[] expected = TorchTensor.From(whole, [4, 1, side, side])
            .GridSample((points * 2.0 - 1.0).Unsqueeze(1), SampleMode.Nearest, SamplePadding.Border).ToArray<float>();
        new PackedMasks(masks, side, side, Device.Cpu).Sample(TorchTensor.Arange(4), points).ToArray<float>().ShouldBe(expected);
        new PackedMasks(masks, side, side, Device.Cpu)
            .Sample(TorchTensor.From(4L), points.Narrow(0, 0, 1)).ToArray<float>().ShouldAllBe(v => v == 0);
    }

    [Fact]
    public void Common_points_are_sampled_as_the_grid_sampler_does()
    {
        using var scope = new TorchScope();
        TorchRuntime.ManualSeed(4);
        TorchTensor features = TorchTensor.Randn([2, 6, 9, 5], ScalarType.Float64);
        float[] points = [0, 0, 1, 1, .. TorchTensor.Rand([50, 2]).ToArray<float>()];
        TorchTensor grid = TorchTensor.From(points, [1, 1, 52, 2]).To(ScalarType.Float64).Expand(2, 1, 52, 2) * 2.0 - 1.0;
        double[] expected = features.Permute(0, 3, 1, 2)
            .GridSample(grid, SampleMode.Bilinear, SamplePadding.Border).Squeeze(2).Transpose(1, 2).Contiguous()
            .ToArray<double>();
        double[] found = MaskSampling.Common(features, points).ToArray<double>();
        found.Zip(expected).ShouldAllBe(p => Math.Abs(p.First - p.Second) < 1e-12);
    }

    [Fact]
    public void Points_are_where_masks_are_uncertain()
    {
        using var scope = new TorchScope();
        TorchRuntime.ManualSeed(5);
        var logits = new float[2 * 16 * 16];
        Array.Fill(logits, 9f);
        for (int row = 0; row < 16; row++)
        {
            for (int x = 0; x < 8; x++)
            {
                logits[row * 16 + x] = 0.1f;              // the first mask hesitates on the left
                logits[256 + row * 16 + 8 + x] = -0.1f;   // the second on the right
            }
        }

        TorchTensor points = new RandomPoints().ForLoss(TorchTensor.From(logits, [2, 1, 16, 16]), 100, new LossOptions());
        points.Shape.ShouldBe([2, 100, 2]);
        float[] at = points.ToArray<float>();
        at.ShouldAllBe(v => v >= 0 && v < 1);
        Enumerable.Range(0, 75).ShouldAllBe(i => at[2 * i] < 0.54f && at[200 + 2 * i] > 0.46f);
        Enumerable.Range(75, 25).ShouldContain(i => at[2 * i] > 0.55f);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void Masks_of_unmatched_queries_never_exist()
    {
        // All masks together would take 42 GB.
        const int queries = 20_000, side = 512;
        using var scope = new TorchScope();
        TorchTensor features = TorchTensor.Randn([2, side, side, 4]), mask = TorchTensor.Randn([2, queries, 4]);
        features.RequiresGrad = mask.RequiresGrad = true;
        var set = new PredictionSet(
            "", TorchTensor.Randn([2, queries, 2]), TorchTensor.Rand([2, queries, 4]), 0,
            new(features, mask, TorchTensor.Zeros([1])));
        var predictions = new Predictions([set]);
        Target[] targets =
        [
            new([0.5f, 0.5f, 0.2f, 0.2f], [0], [new(400, 400, 50, 50, Pattern(2500))], 1),
            new([0.3f, 0.3f, 0.1f, 0.1f], [1], [new(9, 9, 5, 5, Pattern(25))], 2)
        ];
        var context = new LossContext { Groups = 2, Height = 2048, Width = 2048 };
        LossResult result = new Criterion(
            new LossOptions { MaskPixelsPerPoint = 1024 }, new MatchOptions { MaskPixelsPerPoint = 4096 })
            .Compute(predictions, targets, context);
        result.Total.Backward();
        result.Read().ShouldAllBe(v => double.IsFinite(v));
        mask.Grad!.Ne(0).Any(2).To(ScalarType.Int64).Sum().Item().ShouldBe(4); // one query an image and group
    }

    private static byte[] Pattern(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)(i % 3 == 0 ? 1 : 0))];
}
