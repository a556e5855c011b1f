using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class CocoEvaluatorTests
{
    private static readonly AreaRange[] s_areas = [AreaRange.All, new("tiny", 0, 32), new("mid", 32, 100), new("big", 100, 1e10)];

    [Theory]
    [InlineData(EvaluationKind.Boxes)]
    [InlineData(EvaluationKind.Masks)]
    public void Every_curve_equals_the_rules_said_slowly(EvaluationKind kind)
    {
        int curves = 0, empty = 0, crowds = 0;
        for (int seed = 0; seed < 12; seed++)
        {
            EvaluationInput input = PlantedCases.Random(seed);
            crowds += input.Truth.Count(t => t.Crowd);
            var options = new EvaluationOptions
            {
                Kind = kind,
                MaxDetections = [1, 3, 8],
                AreaRanges = s_areas,
                IouThresholds = [.3, .5, .75, 1]
            };
            CocoMetrics metrics = CocoEvaluator.Evaluate(input, options).Metrics;
            metrics.CategoryIds.ShouldBe([0, 10, 20, 30]);
            for (int t = 0; t < 4; t++)
            {
                for (int k = 0; k < 4; k++)
                {
                    for (int am = 0; am < 12; am++)
                    {
                        (int a, int m) = (am / 3, am % 3);
                        var expected = LiteralRules.Curve(
                            input, kind, metrics.CategoryIds[k], options.IouThresholds[t], s_areas[a], options.MaxDetections[m],
                            8);
                        double[] precision = [.. metrics.Precision(t, k, a, m)], scores = [.. metrics.Scores(t, k, a, m)];
                        precision.ShouldBe(expected?.Precision ?? [.. Enumerable.Repeat(-1.0, 101)]);
                        scores.ShouldBe(expected?.Scores ?? [.. Enumerable.Repeat(-1.0, 101)]);
                        metrics.Recall(t, k, a, m).ShouldBe(expected?.Recall ?? -1);
                        curves++;
                        empty += expected is null ? 1 : 0;
                    }
                }
            }
        }

        curves.ShouldBe(12 * 4 * 4 * 12);
        empty.ShouldBeInRange(curves / 20, curves / 2);
        crowds.ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Means_leave_out_what_says_nothing()
    {
        EvaluationInput input = PlantedCases.Random(3);
        CocoMetrics metrics = CocoEvaluator.Evaluate(input).Metrics;
        metrics.AveragePrecision(3).ShouldBe(-1); // a class without objects
        double[] classes = [.. Enumerable.Range(0, 3).Select(k => metrics.AveragePrecision(k))];
        classes.ShouldAllBe(ap => ap >= 0);
        metrics.AveragePrecision().ShouldBe(classes.Average(), 1e-12);
        metrics.Stats.Count.ShouldBe(12);
        metrics.Stats[5].ShouldBe(-1); // no large object
        metrics.AveragePrecision(area: "enormous").ShouldBe(-1);
        metrics.AveragePrecision(iou: .52).ShouldBe(-1);
    }

    [Fact]
    public void Equal_scores_of_different_images_are_taken_by_rising_image_id()
    {
        var box = new BoxXywh(0, 0, 10, 10);
        TruthObject[] truth = [new(1, 1, box, 100)];
        FoundObject[] found = [new(2, 1, .5, box, 100), new(1, 1, .5, box, 100)]; // the wrong one stands first in the file
        double[] precision = [.. CocoEvaluator.Evaluate(new([1, 2], [1], truth, found)).Metrics.Precision(0, 0, 0, 2)];
        precision.ShouldAllBe(p => p == 1 / Math.BitIncrement(1));
        found = [new(2, 1, .5, box, 100), new(3, 1, .5, box, 100)];
        CocoEvaluator.Evaluate(new([3, 2], [1], [new(3, 1, box, 100)], found)).Metrics.AveragePrecision().ShouldBe(.5, 1e-12);
    }

    [Fact]
    public void A_perfect_detector_reaches_1_and_none_reaches_0()
    {
        var box = new BoxXywh(3.3, 4.7, 10.1, 20.9);
        TruthObject[] truth = [new(1, 1, box, 211), new(2, 1, box, 211)];
        FoundObject[] found = [new(1, 1, .9, box, 211), new(2, 1, .1, box, 211)];
        CocoEvaluator.Evaluate(new([1, 2], [1], truth, found)).Metrics.AveragePrecision().ShouldBe(1, 1e-12);
        CocoMetrics none = CocoEvaluator.Evaluate(new([1, 2], [1], truth, [])).Metrics;
        (none.AveragePrecision(), none.AverageRecall()).ShouldBe((0, 0));
        CocoEvaluator.Evaluate(new([], [], [], [])).Metrics.Stats.ShouldAllBe(s => s == -1);
    }

    [Fact]
    public void What_becomes_of_detections_is_told_per_class()
    {
        var box = new BoxXywh(0, 0, 10, 10);
        TruthObject[] truth = [new(1, 1, box, 100), new(1, 1, new(50, 0, 30, 30), 900) { Crowd = true }, new(1, 2, box, 100)];
        FoundObject[] found =
        [
            new(1, 1, .3, box, 100), new(1, 1, .9, new(20, 20, 5, 5), 25), new(1, 1, .8, new(55, 5, 5, 5), 25)
        ];
        IReadOnlyList<ClassOutcomes> classes = CocoEvaluator.Evaluate(new([1], [1, 2], truth, found)).Classes;
        classes[0].Objects.ShouldBe(1);
        classes[0].Scores.ShouldBe([.9, .3]); // the one inside the crowd does not count
        classes[0].Right.ShouldBe([false, true]);
        (classes[1].Objects, classes[1].Scores.Count).ShouldBe((1, 0));
    }

    [Fact]
    public void A_large_synthetic_set_gives_the_same_as_its_parts()
    {
        EvaluationInput input = SyntheticResults.Make(images: 400, objects: 2_900, detections: 40_000, categories: 80);
        CocoMetrics whole = CocoEvaluator.Evaluate(input).Metrics;
        whole.AveragePrecision().ShouldBeInRange(.05, .95);
        for (int k = 0; k < 80; k += 13)
        {
            CocoMetrics one = CocoEvaluator.Evaluate(input with { CategoryIds = [whole.CategoryIds[k]] }).Metrics;
            one.AveragePrecision().ShouldBe(whole.AveragePrecision(k));
        }
    }

    public static TheoryData<EvaluationInput, EvaluationOptions, string> Mistakes() => new()
    {
        { Input(), new() { IouThresholds = [.5, .4] }, "rising" },
        { Input(), new() { IouThresholds = [] }, "0 values" },
        { Input(), new() { MaxDetections = [0] }, "MaxDetections is [0]" },
        { Input(), new() { AreaRanges = [] }, "at least one range" },
        { Input(), new() { AreaRanges = [new("odd", 3, 2)] }, "Least ≤ Most" },
        { Input(score: double.NaN), new(), "a detection of image 5 has the score NaN" },
        { Input(x: double.PositiveInfinity), new(), "finite" },
        { Input(), new() { Kind = EvaluationKind.Masks }, "an object of image 5 has no mask" },
        { Input(mask: RleMask.Empty(4, 4)), new() { Kind = EvaluationKind.Masks }, "a detection of image 5 has no mask" },
        { Input(mask: RleMask.Empty(4, 4), found: RleMask.Empty(4, 5)), new() { Kind = EvaluationKind.Masks }, "a mask of 4×5" },
    };

    [Theory]
    [MemberData(nameof(Mistakes), DisableDiscoveryEnumeration = true)]
    public void Mistakes_are_named(EvaluationInput input, EvaluationOptions options, string message) =>
        Should.Throw<ArgumentException>(() => CocoEvaluator.Evaluate(input, options)).Message.ShouldContain(message);

    [Fact]
    public void A_wrong_index_is_named()
    {
        CocoMetrics metrics = CocoEvaluator.Evaluate(Input()).Metrics;
        Should.Throw<ArgumentOutOfRangeException>(() => metrics.Recall(0, 1, 0, 0)).Message.ShouldContain("1 of class");
    }

    private static EvaluationInput Input(double score = .5, double x = 0, RleMask? mask = null, RleMask? found = null) => new(
        [5], [1], [new TruthObject(5, 1, new(0, 0, 1, 1), 1) { Mask = mask }],
        [new FoundObject(5, 1, score, new(x, 0, 1, 1), 1) { Mask = found }]);
}
