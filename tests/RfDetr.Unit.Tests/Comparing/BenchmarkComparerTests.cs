namespace RfDetr.Tests.Comparing;

public class BenchmarkComparerTests
{
    private const int Tries = 20, Samples = 200;

    [Fact]
    public void A_planted_slowdown_of_5_percent_is_flagged_each_time()
    {
        for (int i = 0; i < Tries; i++)
        {
            var times = new SyntheticTimes(i);
            BenchmarkComparison result =
                BenchmarkComparer.Compare(Report(times.Series(Samples, 50)), Report(times.Series(Samples, 50 * 1.05)));
            result.Verdict.ShouldBe(Verdict.Slower, $"try {i}");
            result.Passed.ShouldBeFalse();
        }
    }

    [Fact]
    public void Equal_runs_are_never_flagged()
    {
        for (int i = 0; i < Tries; i++)
        {
            var times = new SyntheticTimes(i);
            BenchmarkComparison result =
                BenchmarkComparer.Compare(Report(times.Series(Samples, 50)), Report(times.Series(Samples, 50)));
            result.Verdict.ShouldNotBe(Verdict.Slower, $"try {i}");
            result.Verdict.ShouldNotBe(Verdict.Faster, $"try {i}");
            result.Passed.ShouldBeTrue();
        }
    }

    [Fact]
    public void A_planted_speedup_is_seen()
    {
        var times = new SyntheticTimes(5);
        BenchmarkComparison result =
            BenchmarkComparer.Compare(Report(times.Series(Samples, 50)), Report(times.Series(Samples, 46)));
        result.Verdict.ShouldBe(Verdict.Faster);
        StageComparison run = result.Series[0].Stages.Single(s => s.Name == BenchmarkStages.Run);
        run.MedianA.ShouldBe(40, 1);
        run.Ratio.Value.ShouldBe(0.92, 0.02);
    }

    [Fact]
    public void What_the_machine_explains_is_not_the_models_fault()
    {
        var times = new SyntheticTimes(6);
        BenchmarkReport a = Report(times.Series(Samples, 50)),
        b = SyntheticTimes.Report(times.Series(Samples, 53), [.. Enumerable.Repeat(0.318, Samples)]);
        BenchmarkComparison result = BenchmarkComparer.Compare(a, b);
        result.Verdict.ShouldBe(Verdict.Undecided);
        result.Series[0].MachineRatio.ShouldNotBeNull().ShouldBe(1.06, 1e-9);
        result.Series[0].Stages[^1].Reason.ShouldNotBeNull().ShouldContain("the machine itself was 6.0 % slower in B");
        result.Passed.ShouldBeTrue();
    }

    [Fact]
    public void The_accepted_slowdown_decides()
    {
        var times = new SyntheticTimes(8);
        BenchmarkReport a = Report(times.Series(Samples, 50)), b = Report(times.Series(Samples, 52.5));
        BenchmarkComparer.Compare(a, b, new ComparisonOptions { MaxSlowdown = 0.1 }).Verdict.ShouldBe(Verdict.NotSlower);
        BenchmarkComparer.Compare(a, b, new ComparisonOptions { MaxSlowdown = 0.05 }).Verdict.ShouldBe(Verdict.Undecided);
        BenchmarkComparer.Compare(a, b, new ComparisonOptions { MaxSlowdown = 0 }).Verdict.ShouldBe(Verdict.Slower);
    }

    [Fact]
    public void Few_samples_decide_nothing() =>
        BenchmarkComparer.Compare(Report(new SyntheticTimes(1).Series(19, 50)), Report(new SyntheticTimes(2).Series(19, 100)))
            .Series[0].Stages[^1].Reason.ShouldNotBeNull().ShouldContain("19 samples are too few");

    [Fact]
    public void Another_machine_or_other_images_are_refused_with_a_list()
    {
        BenchmarkReport a = Report(new SyntheticTimes(1).Series(50, 50));
        BenchmarkReport b = a with
        {
            Environment = a.Environment with { Processor = "another", Cores = 4 },
            Images = a.Images with { Sha256 = new string('c', 64) }
        };
        string message = Should.Throw<ArgumentException>(() => BenchmarkComparer.Compare(a, b)).Message;
        foreach (
            string part in (string[])["processor: a processor and another", "cores: 2 and 4", "images: bbb", "--any-environment"])
            message.ShouldContain(part);
        BenchmarkComparer.Compare(
            a, b, new ComparisonOptions { AnyEnvironment = true }).Differences.Count(d => d.Blocks).ShouldBe(3);
    }

    [Fact]
    public void Another_model_engine_or_runtime_may_be_what_is_compared()
    {
        BenchmarkReport a = Report(new SyntheticTimes(1).Series(50, 50));
        BenchmarkReport b = a with
        {
            Environment = a.Environment with { Engine = "another engine", Threads = 4 },
            Model = a.Model with { Precision = "fp16", Sha256 = null }
        };
        BenchmarkComparison result = BenchmarkComparer.Compare(a, b);
        result.Differences.Select(d => d.Name).ShouldBe(["engine", "threads", "model's SHA-256", "precision"]);
        result.Differences.ShouldAllBe(d => !d.Blocks);
        result.Differences[2].B.ShouldBe("none");
    }

    [Theory]
    [InlineData(0.50, 0.495, null, true)]
    [InlineData(0.50, 0.495, 0.005, true)]
    [InlineData(0.50, 0.494, 0.005, false)]
    [InlineData(0.50, 0.60, 0.0, true)]
    public void Lost_precision_fails_beyond_its_limit(double before, double after, double? limit, bool passes)
    {
        double[] samples = new SyntheticTimes(1).Series(50, 50);
        BenchmarkReport With(double ap) => SyntheticTimes.Report(samples, accuracy: new("a set", 10, ap, 0.7, null, null));
        BenchmarkComparison result =
            BenchmarkComparer.Compare(With(before), With(after), new ComparisonOptions { MaxApDrop = limit });
        result.Passed.ShouldBe(passes);
        result.Accuracy.ShouldHaveSingleItem().Failed.ShouldBe(!passes);
    }

    [Fact]
    public void Precision_is_asked_for_where_there_is_none() =>
        Should.Throw<ArgumentException>(() =>
            BenchmarkComparer.Compare(
                Report([.. Enumerable.Repeat(1.0, 30)]), Report([.. Enumerable.Repeat(1.0, 30)]),
                new ComparisonOptions { MaxApDrop = 0 }))
            .Message.ShouldContain("report A has no average precision");

    [Fact]
    public void Series_in_common_and_the_metric_are_needed()
    {
        BenchmarkReport a = Report(new SyntheticTimes(1).Series(50, 50));
        BenchmarkReport other = a with { Series = [a.Series[0] with { Batch = 4 }] };
        Should.Throw<ArgumentException>(() => BenchmarkComparer.Compare(a, other)).Message.ShouldContain(
            "A has batch 1 with 1 callers, B has batch 4");
        BenchmarkReport undrawn = a with
        {
            Series = [a.Series[0] with { Stages = [.. a.Series[0].Stages.Where(s => s.Name != BenchmarkStages.Draw)] }]
        };
        Should.Throw<ArgumentException>(() =>
            BenchmarkComparer.Compare(a, undrawn, new ComparisonOptions { Metric = BenchmarkStages.Draw }))
            .Message.ShouldContain("'draw' was not measured");
        Should.Throw<ArgumentException>(() =>
            BenchmarkComparer.Compare(a, a, new ComparisonOptions { Metric = "speed", Confidence = 1 }))
            .Message.ShouldContain("Confidence is 1");
    }

    private static BenchmarkReport Report(double[] endToEnd) => SyntheticTimes.Report(endToEnd);
}
