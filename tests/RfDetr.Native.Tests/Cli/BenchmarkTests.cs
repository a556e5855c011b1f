using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary><c>benchmark</c> with the demonstration model and few calls: what is measured, not how long it takes.</summary>
public sealed class BenchmarkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly string _image = Goldens.Path("images/reference.png");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_report_holds_every_stage_of_every_series_and_is_read_again()
    {
        CliRun run = await CliRun.Of(
            "benchmark", "--images", _image, Goldens.Path("images/baseline.jpg"), "--batch", "1,2", "--callers", "1,2", "--runs",
            "4", "--warmup", "1", "--threads", "1",
            "--json", _folder["report.json"], "--report", _folder["pages/report.html"]);
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("images/s");

        BenchmarkReport report = BenchmarkFile.Read(_folder["report.json"]);
        report.Series.Select(s => (s.Batch, s.Callers)).ShouldBe([(1, 1), (1, 2), (2, 1), (2, 2)]);
        foreach (BenchmarkSeries series in report.Series)
        {
            series.Stages.Select(s => s.Name).ShouldBe(BenchmarkStages.All);
            series.Stages.ShouldAllBe(s => s.Samples.Length == 4);
            series.Machine.SpinMs.Length.ShouldBe(series.Callers == 1 ? 4 : 0);
            for (int i = 0; i < 4; i++)
            {
                double parts = series.Stages.SkipLast(1).Sum(s => s.Samples[i]);
                series.Stages[^1].Samples[i].ShouldBeGreaterThanOrEqualTo(
                    parts - 0.01, "the whole takes at least as long as its parts");
            }

            series.ImagesPerSecond.ShouldBeGreaterThan(0);
            series.AllocatedBytesPerImage.ShouldBeGreaterThan(0);
        }

        report.Environment.Threads.ShouldBe(1);
        report.Environment.Engine.ShouldNotBeEmpty();
        report.Model.Name.ShouldBe("demo");
        report.Images.Count.ShouldBe(2);
        report.Memory.Peak.ShouldBeGreaterThanOrEqualTo(report.Memory.BeforeLoad);
        report.LoadMs.ShouldBeGreaterThan(0);

        string page = await File.ReadAllTextAsync(_folder["pages/report.html"]);
        page.ShouldContain("<svg");
        page.ShouldContain("batch 2, 2 callers");
        page.ShouldNotContain("http", Case.Sensitive, "the page needs nothing from elsewhere");
    }

    [Fact]
    public async Task Scenes_are_drawn_where_no_image_is_given_and_drawing_can_be_left_out()
    {
        CliRun run = await CliRun.Of("benchmark", "--runs", "3", "--warmup", "0", "--no-draw", "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        JsonElement root = run.Json;
        root.GetProperty("images").GetProperty("source").GetString().ShouldBe("8 drawn scenes of 640×480 (JPEG)");
        root.GetProperty("series")[0]
            .GetProperty("stages").EnumerateArray().Select(s => s.GetProperty("name").GetString()).ShouldNotContain("draw");
        run.Error.ShouldContain("calls are few");
    }

    [Fact]
    public async Task Seconds_end_a_series_and_a_pause_does_not_count_as_a_call()
    {
        CliRun run = await CliRun.Of(
            "benchmark", "--images", _image, "--seconds", "0.05", "--warmup", "1", "--pause", "20", "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        JsonElement series = run.Json.GetProperty("series")[0];
        int calls = series.GetProperty("stages")[0].GetProperty("samples").GetArrayLength();
        calls.ShouldBeGreaterThanOrEqualTo(3);
        series.GetProperty("seconds").GetDouble().ShouldBeGreaterThanOrEqualTo((calls - 1) * 0.015);
    }

    [Fact]
    public async Task Average_precision_of_a_data_set_stands_beside_the_times()
    {
        (
            await CliRun.Of(
                "data", "synth", "--output", _folder["set/valid"], "--count", "3", "--size", "160x120", "--classes",
                "ball,cube,cone")).Code.ShouldBe(0);
        CliRun run = await CliRun.Of("benchmark", "--data", _folder["set"], "--runs", "3", "--warmup", "0", "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        JsonElement accuracy = run.Json.GetProperty("accuracy");
        accuracy.GetProperty("data_set").GetString().ShouldBe("set/valid");
        accuracy.GetProperty("images").GetInt32().ShouldBe(3);
        foreach (string name in (string[])["box_ap", "box_ap50", "mask_ap", "mask_ap50"])
            accuracy.GetProperty(name).GetDouble().ShouldBeInRange(0, 1);
        run.Json.GetProperty("images").GetProperty("source").GetString().ShouldBe("3 images of set/valid");
        run.Error.ShouldContain("AP on set/valid, 3 images");
    }

    [Fact]
    public async Task Classes_are_matched_as_eval_matches_them()
    {
        string labels = _folder["set/valid/_annotations.coco.json"];
        (
            await CliRun.Of(
                "data", "synth", "--output", _folder["set/valid"], "--count", "1", "--size", "160x120", "--classes",
                "ball,cube,cone")).Code.ShouldBe(0);
        string text = await File.ReadAllTextAsync(labels);
        JsonElement root = JsonDocument.Parse(text).RootElement;
        string used = root.GetProperty("annotations")[0].GetProperty("category_id").GetRawText();
        string name = root.GetProperty("categories")
            .EnumerateArray().First(c => c.GetProperty("id").GetRawText() == used).GetProperty("name").GetString()!;

        await File.WriteAllTextAsync(
            labels, text.Replace($"\"{name}\"", $"\" {name.ToUpperInvariant()} \"", StringComparison.Ordinal));
        CliRun spelt = await CliRun.Of("benchmark", "--data", _folder["set"], "--runs", "3", "--warmup", "0", "--json", "-");
        await File.WriteAllTextAsync(labels, text.Replace($"\"{name}\"", "\"thingamajig\"", StringComparison.Ordinal));
        CliRun other = await CliRun.Of("benchmark", "--data", _folder["set"], "--runs", "3", "--warmup", "0", "--json", "-");

        spelt.Code.ShouldBe(0, spelt.Error);
        other.Code.ShouldBe(2);
        other.Error.ShouldContain("the model has no class 'thingamajig' of the split 'valid'");
        other.Error.ShouldContain("'rfdetr eval' has options");
    }

    [Theory]
    [InlineData("--split belongs to --data DIR", "benchmark", "--split", "test")]
    [InlineData("--batch: '1,x' is not a list of whole numbers", "benchmark", "--batch", "1,x")]
    [InlineData("--callers: '0' is not a list of whole numbers", "benchmark", "--callers", "0")]
    [InlineData("--runs: '2' is not a whole number from 3", "benchmark", "--runs", "2")]
    [InlineData("--report 'x.png' is a page for a browser", "benchmark", "--report", "x.png")]
    [InlineData("--images takes files, folders and patterns; '-' is none of them", "benchmark", "--images", "-")]
    public async Task Wrong_use_is_told(string message, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        run.Code.ShouldBe(2);
        run.Error.ShouldStartWith("error: " + message);
    }

    [Fact]
    public async Task An_image_that_is_none_ends_the_measurement_with_its_reason()
    {
        CliRun run = await CliRun.Of("benchmark", "--images", Goldens.Path("images/truncated.jpg"), "--runs", "3");
        run.Code.ShouldBe(1);
        run.Error.ShouldStartWith("error: ");
        run.Error.ShouldNotContain("internal error");
    }

    [Fact]
    public async Task A_measurement_can_be_interrupted()
    {
        using var canceled = new CancellationTokenSource();
        await canceled.CancelAsync();
        (
            await CliRun.Of(
                Stream.Null, ["benchmark", "--images", _image, "--runs", "3", "--json", _folder["r.json"]], canceled.Token))
            .Code.ShouldBe(130);
        File.Exists(_folder["r.json"]).ShouldBeFalse();
    }
}
