using System.Text.Json;
using RfDetr.Tests.Cli;

namespace RfDetr.Tests.Optimizing;

/// <summary>
/// Optimizing the demonstration model for real: what comes out is a detector with the same results. How quick it is, is not
/// asserted.
/// </summary>
public sealed class OptimizeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image = Goldens.Path("images/reference.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_optimized_detector_finds_the_same_and_outlives_the_other()
    {
        using Image image = Image.Load(_image);
        var options =
            new OptimizeOptions { Budget = TimeSpan.FromSeconds(0.3), Probes = [image], CacheFolder = _folder["choices"] };
        var everything = new DetectOptions { ScoreThreshold = 0.1f };
        Detector plain = Detector.Load("demo");
        plain.Optimization.ShouldBeNull();
        plain.PreferredBatch.ShouldBe(1);
        Detections expected = plain.Detect(image, everything);

        using Detector quick = plain.OptimizeForInference(options);

        OptimizationReport report = quick.Optimization.ShouldNotBeNull();
        report.FromCache.ShouldBeFalse();
        report.Candidates[0].Choice.ShouldBe(report.Reference);
        report.Candidates.ShouldContain(c => c.Choice.Engine == EngineKind.Cpu);
        report.Candidates.ShouldAllBe(c => c.Fate != CandidateFate.Failed && c.Fate != CandidateFate.Different);
        (quick.Engine is Engine.Cpu).ShouldBe(report.Chosen.Engine == EngineKind.Cpu);
        quick.Engine.Threads.ShouldBe(report.Chosen.Threads);
        quick.PreferredBatch.ShouldBe(report.Chosen.Batch);
        OutputDifference.Largest([expected], [plain.Detect(image, everything)]).ShouldBe(0, "the plain detector is as it was");
        plain.Dispose();
        OutputDifference.Largest([expected], [quick.Detect(image, everything)]).ShouldBeLessThan(0.01);

        using Detector again = quick.OptimizeForInference(options with { Refresh = true, Budget = TimeSpan.FromSeconds(0.01) });
        again.Optimization!.Reference.Engine.ShouldBe(report.Chosen.Engine, "an engine that was chosen is one by name");
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Detect_explains_the_choice_and_remembers_it()
    {
        string[] args =
        [
            "detect", _image, "--optimize", "--explain", "--optimize-seconds", "0.2", "--optimize-cache", _folder["choices"],
            "--json", "-",
        ];
        CliRun first = await CliRun.Of(args);
        first.Code.ShouldBe(0, first.Error);
        first.Error.ShouldContain("(reference)");
        first.Error.ShouldContain("chosen: ");
        JsonElement optimization = first.Json.GetProperty("optimization");
        optimization.GetProperty("from_cache").GetBoolean().ShouldBeFalse();
        optimization.GetProperty("candidates").GetArrayLength().ShouldBeGreaterThan(1);
        first.Json.GetProperty("images").GetArrayLength().ShouldBe(1);

        CliRun second = await CliRun.Of(args);
        second.Code.ShouldBe(0, second.Error);
        second.Json.GetProperty("optimization").GetProperty("from_cache").GetBoolean().ShouldBeTrue();
        second.Json.GetProperty("optimization")
            .GetProperty("chosen").ToString().ShouldBe(optimization.GetProperty("chosen").ToString());
        second.Error.ShouldContain("remembered from");
        Directory.GetFiles(_folder["choices"]).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Benchmark_measures_what_was_chosen_and_keeps_the_reasons()
    {
        CliRun run = await CliRun.Of(
            "benchmark", "--optimize", "--optimize-seconds", "0.1", "--optimize-cache", _folder["choices"], "--images", _image,
            "--runs", "3", "--warmup", "0", "--json", _folder["report.json"]);
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("optimized: ");

        BenchmarkReport report = BenchmarkFile.Read(_folder["report.json"]);
        OptimizationReport optimization = report.Optimization.ShouldNotBeNull();
        report.Environment.Threads.ShouldBe(optimization.Chosen.Threads);
        report.Series.Select(s => s.Batch).ShouldBe(((int[])[1, optimization.Chosen.Batch]).Distinct());
    }

    [Theory]
    [InlineData("--explain belongs to --optimize", "detect", "a.jpg", "--explain")]
    [InlineData("--refresh belongs to --optimize", "benchmark", "--refresh")]
    [InlineData("--optimize-seconds: '0' is not a number from 0.01", "benchmark", "--optimize", "--optimize-seconds", "0")]
    public async Task Wrong_use_is_told(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(2, run.Error);
        run.Error.ShouldStartWith("error: " + message);
    }
}
