using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed class ConfidenceSweepTests
{
    private static readonly ClassOutcomes s_first = new(1, 4, [.9, .8, .5, .5, .2], [true, false, true, true, false]);
    private static readonly ClassOutcomes s_second = new(2, 2, [.95, .3], [true, true]);
    private static readonly ClassOutcomes s_empty = new(3, 0, [.99], [false]);

    [Fact]
    public void Points_count_what_reaches_the_threshold()
    {
        ConfidenceSweep sweep = ConfidenceSweep.Of([s_first, s_second, s_empty]);
        OperatingPoint at50 = sweep.Classes[0][50];
        (at50.Threshold, at50.Precision, at50.Recall).ShouldBe((.5, 3.0 / 4, 3.0 / 4)); // a score equal to the threshold counts
        at50.F1.ShouldBe(.75, 1e-12);
        sweep.Classes[0][51].ShouldBe(new OperatingPoint(.51, .5, .25, 1.0 / 3));
        sweep.Classes[0][91].ShouldBe(new OperatingPoint(.91, 0, 0, 0));
        sweep.Classes[0][0].Precision.ShouldBe(.6);
    }

    [Fact]
    public void Means_are_over_classes_with_objects_and_the_best_has_the_highest_f1()
    {
        ConfidenceSweep sweep = ConfidenceSweep.Of([s_first, s_second, s_empty]);
        for (int i = 0; i <= 100; i++)
        {
            OperatingPoint macro = sweep.Macro[i];
            macro.F1.ShouldBe((sweep.Classes[0][i].F1 + sweep.Classes[1][i].F1) / 2, 1e-12);
            macro.Recall.ShouldBe((sweep.Classes[0][i].Recall + sweep.Classes[1][i].Recall) / 2, 1e-12);
            sweep.Best.F1.ShouldBeGreaterThanOrEqualTo(macro.F1);
        }

        sweep.Best.Threshold.ShouldBe(.21); // the lowest of equal ones: 0.21 … 0.30
        sweep.Macro.ShouldNotBeEmpty();
        ConfidenceSweep.Of([s_empty]).Best.ShouldBe(new OperatingPoint(0, 0, 0, 0));
    }

    [Fact]
    public void A_sweep_of_random_outcomes_equals_counting_again()
    {
        CocoEvaluation evaluation = CocoEvaluator.Evaluate(PlantedCases.Random(5, images: 30));
        ConfidenceSweep sweep = ConfidenceSweep.Of(evaluation.Classes);
        for (int k = 0; k < evaluation.Classes.Count; k++)
        {
            ClassOutcomes one = evaluation.Classes[k];
            for (int i = 0; i <= 100; i++)
            {
                int taken = one.Scores.Count(s => s >= sweep.Macro[i].Threshold),
                right = one.Scores.Zip(one.Right).Count(p => p.First >= sweep.Macro[i].Threshold && p.Second);
                sweep.Classes[k][i].Precision.ShouldBe(taken == 0 ? 0 : (double)right / taken);
                sweep.Classes[k][i].Recall.ShouldBe(one.Objects == 0 ? 0 : (double)right / one.Objects);
            }
        }
    }
}
