using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary><c>compare</c> on made-up reports: exit codes are the gate.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(50.0, 0, "not_slower")]
    [InlineData(52.5, 1, "slower")]
    [InlineData(45.0, 0, "faster")]
    public async Task The_exit_code_is_the_verdict(double median, int code, string verdict)
    {
        string a = Write("a", new SyntheticTimes(1).Series(200, 50)), b = Write("b", new SyntheticTimes(2).Series(200, median));
        CliRun run = await CliRun.Of("compare", a, b, "--json", "-", "--report", _folder["page.html"]);
        run.Code.ShouldBe(code, run.Error);
        run.Json.GetProperty("passed").GetBoolean().ShouldBe(code == 0);
        run.Json.GetProperty("verdict").GetString().ShouldBe(verdict);
        run.Json.GetProperty("series")[0].GetProperty("stages").GetArrayLength().ShouldBe(6);
        run.Error.ShouldContain("95 % interval");
        (await File.ReadAllTextAsync(_folder["page.html"])).ShouldContain("intervals</figcaption>");
    }

    [Fact]
    public async Task The_accepted_slowdown_and_the_metric_are_the_users()
    {
        string a = Write("a", new SyntheticTimes(1).Series(200, 50)), b = Write("b", new SyntheticTimes(2).Series(200, 52.5));
        (await CliRun.Of("compare", a, b, "--max-slowdown", "10%")).Code.ShouldBe(0);
        CliRun run = await CliRun.Of("compare", a, b, "--metric", "run", "--max-slowdown", "1", "--confidence", "99%");
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("B is slower than accepted (1 %) in run: +");
        run.Out.ShouldContain("99 % interval");
        run.Out.ShouldContain("failed");
    }

    [Fact]
    public async Task Undecided_passes_unless_strict()
    {
        string a = Write("a", new SyntheticTimes(1).Series(10, 50)), b = Write("b", new SyntheticTimes(2).Series(10, 80));
        (await CliRun.Of("compare", a, b)).ShouldSatisfyAllConditions(
            r => r.Code.ShouldBe(0), r => r.Out.ShouldContain("10 samples are too few"));
        (await CliRun.Of("compare", a, b, "--strict")).Code.ShouldBe(1);
    }

    [Fact]
    public async Task Lost_precision_fails_in_points()
    {
        double[] samples = new SyntheticTimes(1).Series(50, 50);
        string a = Write("a", samples, new("a set", 10, 0.5, 0.7, 0.45, 0.6)),
        b = Write("b", samples, new("a set", 10, 0.497, 0.7, 0.44, 0.6));
        (await CliRun.Of("compare", a, b, "--max-ap-drop", "1")).Code.ShouldBe(0);
        CliRun run = await CliRun.Of("compare", a, b, "--max-ap-drop", "0.5");
        run.Code.ShouldBe(1);
        run.Out.ShouldContain("AP of masks: 45.00 → 44.00 (-1.00 points), more than the 0.5 accepted");
        run.Out.ShouldNotContain("50.00 → 49.70 (-0.30 points), more");
    }

    [Fact]
    public async Task Reports_of_two_machines_are_refused_unless_asked_for()
    {
        BenchmarkReport report = SyntheticTimes.Report(new SyntheticTimes(1).Series(50, 50));
        string a = Write("a", report),
        b = Write("b", report with { Environment = report.Environment with { Processor = "another" } });
        CliRun refused = await CliRun.Of("compare", a, b);
        refused.Code.ShouldBe(2);
        refused.Error.ShouldStartWith("error: the reports cannot be compared, they differ in processor: a processor and another");
        CliRun run = await CliRun.Of("compare", a, b, "--any-environment");
        run.Code.ShouldBe(0);
        run.Error.ShouldContain("warning: processor differs");
    }

    [Fact]
    public async Task Broken_and_missing_reports_are_the_files_fault()
    {
        string a = Write("a", new SyntheticTimes(1).Series(50, 50));
        await File.WriteAllTextAsync(_folder["cut.json"], (await File.ReadAllTextAsync(a))[..500]);
        CliRun cut = await CliRun.Of("compare", a, _folder["cut.json"]);
        cut.Code.ShouldBe(1);
        cut.Error.ShouldContain("cut.json' is no benchmark report");
        cut.Error.ShouldNotContain("internal error");
        CliRun missing = await CliRun.Of("compare", a, _folder["none.json"]);
        missing.Code.ShouldBe(1);
        missing.Error.ShouldContain("none.json");
    }

    [Theory]
    [InlineData("--max-slowdown: 'two' is not a number of percent", "compare", "a", "b", "--max-slowdown", "two")]
    [InlineData("--confidence: '100%' is not a number of percent from 50.1 to 99.9", "compare", "a", "b", "--confidence", "100%")]
    [InlineData("--metric: 'speed' is none of decode, preprocess, run", "compare", "a", "b", "--metric", "speed")]
    [InlineData("Required argument 'B' missing", "compare", "a")]
    public async Task Wrong_use_is_told(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(2);
        run.Error.ShouldStartWith("error: " + message);
    }

    private string Write(string name, double[] samples, BenchmarkAccuracy? accuracy = null) =>
        Write(name, SyntheticTimes.Report(samples, accuracy: accuracy));

    private string Write(string name, BenchmarkReport report)
    {
        using FileStream file = File.Create(_folder[name + ".json"]);
        using var json = new Utf8JsonWriter(file);
        BenchmarkFile.Write(report, json);
        return _folder[name + ".json"];
    }
}
