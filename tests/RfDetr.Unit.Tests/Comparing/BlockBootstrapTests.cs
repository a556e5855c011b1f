namespace RfDetr.Tests.Comparing;

public class BlockBootstrapTests
{
    [Fact]
    public void The_interval_holds_the_true_ratio_about_as_often_as_it_promises()
    {
        int held = 0;
        const int Tries = 200;
        for (int i = 0; i < Tries; i++)
        {
            var times = new SyntheticTimes(1000 + i);
            double[] a = times.Series(150, 50, wander: 0.03, drift: 0), b = times.Series(150, 60, wander: 0.03, drift: 0);
            RatioInterval ratio = BlockBootstrap.RatioOfMedians(a, b, 0.95, 400, seed: 1);
            held += ratio.Low <= 1.2 && 1.2 <= ratio.High ? 1 : 0;
        }

        held.ShouldBeInRange((int)(0.88 * Tries), Tries - 1, "95 % of 200 are 190");
    }

    [Fact]
    public void Correlation_widens_the_interval()
    {
        var times = new SyntheticTimes(7);
        double[] loose = times.Series(300, 50, spread: 0.05, wander: 0, drift: 0),
        wandering = times.Series(300, 50, spread: 0, wander: 0.05, drift: 0);
        BlockBootstrap.AutocorrelationTime(loose).ShouldBeLessThan(1.5);
        BlockBootstrap.AutocorrelationTime(wandering).ShouldBeGreaterThan(2);
        BlockBootstrap.BlockLength(wandering).ShouldBeGreaterThan(BlockBootstrap.BlockLength(loose));
        Width(wandering).ShouldBeGreaterThan(1.3 * Width(loose));

        static double Width(double[] s) => BlockBootstrap.RatioOfMedians(s, s, 0.95, 1000, 1) is var r ? r.High - r.Low : 0;
    }

    [Fact]
    public void Equal_seeds_give_equal_intervals()
    {
        double[] a = new SyntheticTimes(3).Series(80, 10), b = new SyntheticTimes(4).Series(80, 10);
        BlockBootstrap.RatioOfMedians(a, b, 0.9, 500, 42).ShouldBe(BlockBootstrap.RatioOfMedians(a, b, 0.9, 500, 42));
        BlockBootstrap.RatioOfMedians(a, b, 0.9, 500, 43).ShouldNotBe(BlockBootstrap.RatioOfMedians(a, b, 0.9, 500, 42));
    }

    [Fact]
    public void Constant_and_zero_series_have_a_ratio_too()
    {
        double[] one = [.. Enumerable.Repeat(1.0, 30)], two = [.. Enumerable.Repeat(2.0, 40)], zero = new double[30];
        BlockBootstrap.RatioOfMedians(one, two, 0.95, 200, 1).ShouldBe(new RatioInterval(2, 2, 2));
        BlockBootstrap.RatioOfMedians(zero, zero, 0.95, 200, 1).ShouldBe(new RatioInterval(1, 1, 1));
        double.IsFinite(BlockBootstrap.RatioOfMedians(zero, one, 0.95, 200, 1).High).ShouldBeTrue();
        BlockBootstrap.RatioOfMedians([3], [6], 0.95, 200, 1).ShouldBe(new RatioInterval(2, 2, 2));
    }
}
