using System.Text.Json;

namespace RfDetr.Tests.Cli;

/// <summary>
/// <c>rfdetr eval</c> with a small network on drawn scenes: what it finds means little, but every number must agree with the
/// files.
/// </summary>
public sealed class EvalTests(EvalTests.Scenes scenes) : IClassFixture<EvalTests.Scenes>
{
    /// <summary>A drawn data set with a split "valid".</summary>
    public sealed class Scenes : IAsyncLifetime
    {
        private readonly TemporaryFolder _folder = new();

        internal string Data => _folder["data"];

        internal string File(string name) => _folder[name];

        public async Task InitializeAsync()
        {
            CliRun run = await CliRun.Of(
                "data", "synth", "--output", Path.Combine(Data, "valid"), "--count", "4", "--size", "192x160", "--seed", "5");
            run.Code.ShouldBe(0, run.Error);
        }

        public Task DisposeAsync()
        {
            _folder.Dispose();
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task Numbers_are_those_of_coco_eval_on_the_files_it_writes()
    {
        string output = scenes.File("out");
        CliRun run = await CliRun.Of(
            "eval", "--model", FormulaModel.Path, "--data", scenes.Data, "--split", "valid", "--batch", "3", "--output", output,
            "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        run.Json.GetProperty("class_map").GetArrayLength().ShouldBeGreaterThan(0);
        run.Json.GetProperty("time_ms").GetProperty("inference").GetDouble().ShouldBeGreaterThan(0);
        string truth = Path.Combine(scenes.Data, "valid", "_annotations.coco.json");
        int compared = 0;
        foreach (string kind in (string[])["bbox", "segm"])
        {
            if (!run.Json.TryGetProperty(kind, out JsonElement here))
                continue;
            CliRun files = await CliRun.Of(
                "coco-eval", truth, Path.Combine(output, $"detections.{kind}.json"), "--kind", kind, "--json", "-");
            files.Code.ShouldBe(0, files.Error);
            foreach (string part in (string[])["stats", "per_category", "best", "confusion"])
                JsonElement.DeepEquals(files.Json.GetProperty(part), here.GetProperty(part)).ShouldBeTrue($"{part} of {kind}");
            compared++;
        }

        compared.ShouldBeGreaterThan(0);
        string report = await File.ReadAllTextAsync(Path.Combine(output, "report.html"));
        report.Split("data:image/jpeg;base64,").Length.ShouldBe(1 + 2 * 4);
        JsonDocument.Parse(
            await File.ReadAllTextAsync(Path.Combine(output, "evaluation.json")))
            .RootElement.GetProperty("bbox").GetProperty("curves").ValueKind.ShouldBe(JsonValueKind.Object);
        JsonDocument.Parse(await File.ReadAllTextAsync(Path.Combine(output, "results.json"))).RootElement.GetProperty("class_map")
            .GetProperty("valid").GetArrayLength().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Without_output_it_prints_the_twelve_lines_and_the_time()
    {
        CliRun run = await CliRun.Of("eval", "--model", FormulaModel.Path, "--data", scenes.Data, "--kind", "bbox");
        run.Code.ShouldBe(0, run.Error);
        run.Out.Split('\n').Count(line => line.Contains("@[ IoU=", StringComparison.Ordinal)).ShouldBe(12);
        run.Out.ShouldContain("4 images in");
    }

    // Both kinds are measured where model and labels have masks; who names one is shown that one.
    [Theory]
    [InlineData("segm", 12, "masks: ", "boxes: ")]
    [InlineData("bbox", 12, "boxes: ", "masks: ")]
    [InlineData(null, 24, "boxes: ", "nothing of the kind")]
    public async Task Only_what_was_asked_for_is_printed(string? kind, int lines, string shown, string hidden)
    {
        string[] args = ["eval", "--model", "demo", "--data", scenes.Data, "--allow-missing"];
        CliRun run = await CliRun.Of(kind is null ? args : [.. args, "--kind", kind]);
        run.Code.ShouldBe(0, run.Error);
        run.Out.Split('\n').Count(line => line.Contains("@[ IoU=", StringComparison.Ordinal)).ShouldBe(lines);
        run.Out.ShouldContain(shown);
        run.Out.ShouldNotContain(hidden);
    }

    [Fact]
    public async Task Classes_that_do_not_fit_are_listed_on_both_sides_and_can_be_mapped()
    {
        string data = scenes.File("other");
        Directory.CreateDirectory(Path.Combine(data, "valid"));
        foreach (string file in Directory.GetFiles(Path.Combine(scenes.Data, "valid"), "*.jpg"))
            File.Copy(file, Path.Combine(data, "valid", Path.GetFileName(file)), overwrite: true);
        string text = await File.ReadAllTextAsync(Path.Combine(scenes.Data, "valid", "_annotations.coco.json"));
        string first = JsonDocument.Parse(text).RootElement.GetProperty("categories")[0].GetProperty("name").GetString()!;
        string used = JsonDocument.Parse(text).RootElement.GetProperty("annotations")[0].GetProperty("category_id").GetRawText();
        string name = JsonDocument.Parse(text).RootElement.GetProperty("categories")
            .EnumerateArray().First(c => c.GetProperty("id").GetRawText() == used).GetProperty("name").GetString()!;
        await File.WriteAllTextAsync(
            Path.Combine(data, "valid", "_annotations.coco.json"),
            text.Replace($"\"{name}\"", "\"thingamajig\"", StringComparison.Ordinal));

        CliRun refused = await CliRun.Of("eval", "--model", FormulaModel.Path, "--data", data);
        refused.Code.ShouldBe(2);
        refused.Error.ShouldContain("the model has no class 'thingamajig' of the split 'valid'");
        refused.Error.ShouldContain(name);
        refused.Error.ShouldContain("--class-map");
        refused.Error.ShouldContain(first == name ? "thingamajig" : first);

        CliRun mapped = await CliRun.Of(
            "eval", "--model", FormulaModel.Path, "--data", data, "--class-map", $"{name}=thingamajig", "--kind", "bbox",
            "--json", "-");
        mapped.Code.ShouldBe(0, mapped.Error);
        mapped.Json.GetProperty("class_map")
            .EnumerateArray()
            .Count(c => c.GetProperty("model").GetString() == name && c.GetProperty("data").GetString() == "thingamajig")
            .ShouldBe(1);
        CliRun missing = await CliRun.Of(
            "eval", "--model", FormulaModel.Path, "--data", data, "--allow-missing", "--kind", "bbox", "--json", "-");
        missing.Code.ShouldBe(0, missing.Error);
        missing.Error.ShouldContain("does not know 'thingamajig'");
        CliRun unknown =
            await CliRun.Of("eval", "--model", FormulaModel.Path, "--data", data, "--class-map", "nothing=thingamajig");
        unknown.Code.ShouldBe(2);
        unknown.Error.ShouldContain("the model has no class 'nothing'");
    }

    [Theory]
    [InlineData(2, "required", "eval")]
    [InlineData(2, "no split 'test'", "eval", "--data", "DATA", "--split", "test")]
    [InlineData(2, "MODEL=DATA", "eval", "--data", "DATA", "--class-map", "person")]
    [InlineData(1, "nowhere", "eval", "--data", "nowhere")]
    public async Task Wrong_use_is_told(int code, string message, params string[] args)
    {
        CliRun run = await CliRun.Of([.. args.Select(a => a == "DATA" ? scenes.Data : a)]);
        run.Code.ShouldBe(code, run.Error);
        run.Error.ShouldContain(message);
        run.Error.ShouldNotContain("internal error");
    }

    [Fact]
    public async Task A_broken_image_ends_the_evaluation_by_name()
    {
        string data = scenes.File("broken");
        Directory.CreateDirectory(Path.Combine(data, "valid"));
        foreach (string file in Directory.GetFiles(Path.Combine(scenes.Data, "valid")))
            File.Copy(file, Path.Combine(data, "valid", Path.GetFileName(file)), overwrite: true);
        string victim = Directory.GetFiles(Path.Combine(data, "valid"), "*.jpg").Order().Last();
        await File.WriteAllBytesAsync(victim, [1, 2, 3]);
        CliRun run = await CliRun.Of("eval", "--model", FormulaModel.Path, "--data", data, "--kind", "bbox");
        run.Code.ShouldBe(1);
        run.Error.ShouldContain(Path.GetFileName(victim));
    }
}
