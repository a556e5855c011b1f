using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class ConfusionMatrixTests
{
    private static readonly BoxXywh s_left = new(0, 0, 10, 10), s_right = new(50, 0, 10, 10), s_nowhere = new(200, 200, 5, 5);

    [Fact]
    public void Each_kind_of_mistake_has_its_place()
    {
        TruthObject[] truth =
        [
            new(1, 7, s_left, 100), new(1, 9, s_right, 100), // found, and found as 7
            new(2, 9, s_left, 100), // missed
            new(2, 7, new(100, 0, 60, 60), 3600) { Crowd = true },
        ];
        FoundObject[] found =
        [
            new(1, 7, .9, s_left), new(1, 7, .8, s_right), new(1, 9, .7, s_nowhere), // right, confused, invented
            new(2, 7, .9, new(110, 10, 10, 10)), new(2, 7, .9, new(120, 10, 10, 10)), // in the crowd
            new(2, 9, .1, s_left), // below the threshold
            new(3, 9, .9, s_left), // of an image without objects
        ];
        ConfusionMatrix matrix = ConfusionMatrix.Of(new([1, 2, 3], [9, 7], truth, found), EvaluationKind.Boxes, .5);
        matrix.CategoryIds.ShouldBe([7, 9]);
        matrix.Background.ShouldBe(2);
        int[][] rows = [.. Enumerable.Range(0, 3).Select(t => Enumerable.Range(0, 3).Select(f => matrix[t, f]).ToArray())];
        rows[0].ShouldBe([1, 0, 0]);
        rows[1].ShouldBe([1, 0, 1]);
        rows[2].ShouldBe([0, 2, 0]);
        matrix.Images.ShouldBe([new(1, 0, 1, 1), new(2, 1, 0, 0), new(3, 0, 1, 0)]);
    }

    [Fact]
    public void Own_class_comes_before_a_better_overlap_of_another()
    {
        TruthObject[] truth = [new(1, 1, new(0, 0, 10, 10), 100), new(1, 2, new(1, 0, 10, 10), 100)];
        FoundObject[] found = [new(1, 1, .9, new(1, 0, 10, 10))];
        ConfusionMatrix matrix = ConfusionMatrix.Of(new([1], [1, 2], truth, found), EvaluationKind.Boxes, 0);
        (matrix[0, 0], matrix[1, 2], matrix[1, 0]).ShouldBe((1, 1, 0));
    }

    [Theory]
    [InlineData(EvaluationKind.Boxes)]
    [InlineData(EvaluationKind.Masks)]
    public void The_diagonal_and_the_sums_agree_with_what_ap_is_computed_from(EvaluationKind kind)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            EvaluationInput input = PlantedCases.Random(seed, images: 20);
            input = input with { Truth = [.. input.Truth.Select(t => t with { NeverFound = false, Area = 50 })] };
            CocoEvaluation evaluation = CocoEvaluator.Evaluate(input, new EvaluationOptions { Kind = kind });
            ConfusionMatrix matrix = ConfusionMatrix.Of(input, kind, .4);
            for (int k = 0; k < matrix.Background; k++)
            {
                ClassOutcomes one = evaluation.Classes[k];
                matrix[k, k].ShouldBe(one.Scores.Zip(one.Right).Count(p => p.First >= .4 && p.Second));
                Enumerable.Range(0, matrix.Background + 1).Sum(found => matrix[k, found]).ShouldBe(one.Objects);
                Enumerable.Range(0, matrix.Background + 1)
                    .Sum(truth => matrix[truth, k]).ShouldBe(one.Scores.Count(s => s >= .4));
            }
        }
    }
}
