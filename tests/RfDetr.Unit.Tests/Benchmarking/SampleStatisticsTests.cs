namespace RfDetr.Tests.Benchmarking;

public class SampleStatisticsTests
{
    [Fact]
    public void A_known_series_has_its_known_statistics()
    {
        // Shuffled 1..100 with NumPy's default percentiles; the sum of squares of deviations is n(n² − 1)/12.
        double[] samples = [.. Enumerable.Range(1, 100).Select(i => (double)(i * 37 % 101))];
        SampleStatistics s = SampleStatistics.Of(samples);
        (s.Count, s.Min, s.Max).ShouldBe((100, 1, 100));
        s.Mean.ShouldBe(50.5, 1e-12);
        s.StandardDeviation.ShouldBe(Math.Sqrt(100 * 9999 / 12.0 / 99), 1e-12);
        s.P10.ShouldBe(10.9, 1e-12);
        s.P50.ShouldBe(50.5, 1e-12);
        s.P90.ShouldBe(90.1, 1e-12);
        s.P95.ShouldBe(95.05, 1e-12);
        s.P99.ShouldBe(99.01, 1e-12);
    }

    [Fact]
    public void One_sample_is_all_its_percentiles_and_does_not_deviate()
    {
        SampleStatistics s = SampleStatistics.Of([7]);
        (s.Mean, s.P50, s.P99, s.StandardDeviation).ShouldBe((7, 7, 7, 0));
    }

    [Fact]
    public void A_large_level_does_not_swallow_the_deviation() =>
        SampleStatistics.Of([1e9 + 1, 1e9 + 2, 1e9 + 3]).StandardDeviation.ShouldBe(1, 1e-6);

    [Theory]
    [InlineData(new double[0])]
    [InlineData(new[] { 1, double.NaN })]
    [InlineData(new[] { double.PositiveInfinity, 1 })]
    public void What_is_no_number_has_no_statistics(double[] samples) =>
        Should.Throw<ArgumentException>(() => SampleStatistics.Of(samples));

    [Fact]
    public void Drift_compares_the_last_third_with_the_first()
    {
        SampleStatistics.Drift([1, 1, 1, 9, 9, 9, 1.1, 1.1, 50]).ShouldNotBeNull().ShouldBe(1.1, 1e-12);
        SampleStatistics.Drift([1, 1, 1, 1, 1, 1, 1, 1]).ShouldBeNull("too few");
        SampleStatistics.Drift(new double[9]).ShouldBeNull("nothing to compare with");
    }

    [Fact]
    public void The_noise_floor_is_the_spread_of_the_calibrated_loop()
    {
        var steady = new MachineState { SpinMs = [.. Enumerable.Repeat(0.3, 20)] };
        (steady.NoiseFloor, steady.SpinDrift).ShouldBe((0, 1));
        var slowing = new MachineState { SpinMs = [.. Enumerable.Range(0, 100).Select(i => 1 + i / 100.0)] };
        slowing.NoiseFloor.ShouldNotBeNull().ShouldBe(0.8 * 0.99 / 1.495, 1e-9);
        slowing.SpinDrift.ShouldNotBeNull().ShouldBeGreaterThan(1.5);
        new MachineState { SpinMs = [] }.NoiseFloor.ShouldBeNull();
    }
}
