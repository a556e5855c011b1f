namespace RfDetr.Tests.Optimizing;

/// <summary>Distance of two results.</summary>
public class OutputDifferenceTests
{
    private static readonly Detection s_one = FoundObjects.One(new BoxXyxy(0, 0, 10, 10), 0.8f, 1, "ball");

    [Fact]
    public void Equal_results_do_not_differ() => Difference([s_one], [s_one]).ShouldBe(0);

    [Fact]
    public void A_score_differs_by_its_change() => Difference([s_one], [s_one with { Score = 0.7f }]).ShouldBe(0.1, 1e-6);

    [Fact]
    public void A_box_differs_by_what_does_not_overlap_times_the_score() =>
        Difference([s_one], [s_one with { Box = new BoxXyxy(0, 0, 10, 9) }]).ShouldBe(0.08, 1e-6);

    [Fact]
    public void A_lost_and_a_new_object_differ_by_their_score()
    {
        Difference([s_one], []).ShouldBe(0.8, 1e-6);
        Difference([], [s_one]).ShouldBe(0.8, 1e-6);
        Difference([s_one], [s_one with { ClassId = 2 }]).ShouldBe(0.8, 1e-6);
        Difference([s_one], [s_one with { Box = new BoxXyxy(50, 50, 60, 60) }]).ShouldBe(0.8, 1e-6);
    }

    [Fact]
    public void The_order_of_objects_does_not_matter()
    {
        Detection other = s_one with { Box = new BoxXyxy(40, 40, 80, 80), ClassId = 3 };
        Difference([s_one, other], [other, s_one]).ShouldBe(0);
    }

    [Fact]
    public void Objects_that_hardly_score_are_left_to_chance_if_there_are_better_ones()
    {
        Detection[] good = [.. Enumerable.Range(0, 5).Select(i => s_one with { ClassId = i })];
        Difference([.. good, s_one with { Score = 0.09f, ClassId = 9 }], good).ShouldBe(0);
        Difference([.. good, s_one with { Score = 0.11f, ClassId = 9 }], good).ShouldBe(0.11, 1e-6);
    }

    [Fact]
    public void A_mask_differs_by_its_pixels_but_a_tiny_one_by_few()
    {
        RleMask large = RleMask.FromBox(100, 100, new BoxXyxy(0, 0, 40, 40)),
        less = RleMask.FromBox(100, 100, new BoxXyxy(0, 0, 40, 36));
        Difference([s_one with { Mask = large }], [s_one with { Mask = less }]).ShouldBe(0.08, 1e-6);
        RleMask tiny = RleMask.FromBox(100, 100, new BoxXyxy(0, 0, 2, 1)),
        tinier = RleMask.FromBox(100, 100, new BoxXyxy(0, 0, 1, 1));
        Difference([s_one with { Mask = tiny }], [s_one with { Mask = tinier }]).ShouldBe(0.8 / 400, 1e-6);
    }

    [Fact]
    public void What_is_not_a_number_is_never_tolerated()
    {
        Difference([s_one], [s_one with { Score = float.NaN }]).ShouldBe(double.PositiveInfinity);
        Difference(
            [s_one], [s_one with { Box = new BoxXyxy(0, 0, float.PositiveInfinity, 1) }]).ShouldBe(double.PositiveInfinity);
        OutputDifference.Largest([Seen(s_one)], []).ShouldBe(double.PositiveInfinity);
    }

    private static double Difference(Detection[] a, Detection[] b) => OutputDifference.Largest([Seen(a)], [Seen(b)]);

    private static Detections Seen(params Detection[] items) => FoundObjects.All(100, 100, items);
}
