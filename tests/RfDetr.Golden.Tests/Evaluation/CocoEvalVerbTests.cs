using System.Text.Json;
using RfDetr.Tests.Cli;

namespace RfDetr.Tests.Evaluation;

public sealed class CocoEvalVerbTests
{
    private const double Tolerance = 1e-9;

    [Theory]
    [InlineData("bbox", "1,10,100", "bbox_maxDets100")]
    [InlineData("bbox", "1,10,500", "bbox_maxDets500")]
    [InlineData("segm", "1,10,100", "segm_maxDets100")]
    public async Task Files_give_the_numbers_of_pycocotools(string kind, string limits, string golden)
    {
        CliRun run = await CliRun.Of(
            "coco-eval", Goldens.Path("cocoeval/ground_truth.json"), Goldens.Path($"cocoeval/detections_{kind}.json"),
            "--kind", kind, "--max-dets", limits, "--json", "-");
        run.Code.ShouldBe(0, run.Error);
        JsonElement expected = CocoGolden.Expected(golden);
        JsonElement stats = run.Json.GetProperty("stats");
        stats.GetArrayLength().ShouldBe(12);
        stats[0].GetDouble().ShouldBe(expected.GetProperty("AP_all").GetDouble(), Tolerance);
        for (int i = 0; expected.GetProperty("stats").ValueKind == JsonValueKind.Array && i < 12; i++)
            stats[i].GetDouble().ShouldBe(expected.GetProperty("stats")[i].GetDouble(), Tolerance, $"number {i}");
        foreach (JsonProperty category in expected.GetProperty("per_category").EnumerateObject())
        {
            JsonElement actual = run.Json.GetProperty("per_category").GetProperty(category.Name);
            actual.GetProperty("name").GetString().ShouldBe($"class{category.Name}");
            foreach (JsonProperty number in category.Value.EnumerateObject())
            {
                JsonElement value = actual.GetProperty(number.Name);
                value.ValueKind.ShouldBe(number.Value.ValueKind, $"{number.Name} of class {category.Name}");
                if (value.ValueKind == JsonValueKind.Number)
                    value.GetDouble().ShouldBe(number.Value.GetDouble(), Tolerance, $"{number.Name} of class {category.Name}");
            }
        }
    }

    [Fact]
    public async Task Text_has_the_twelve_lines_and_a_table()
    {
        CliRun run = await CliRun.Of(
            "coco-eval", Goldens.Path("cocoeval/ground_truth.json"), Goldens.Path("cocoeval/detections_bbox.json"));
        run.Code.ShouldBe(0, run.Error);
        run.Out.ShouldContain("Average Precision  @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.258");
        run.Out.ShouldContain("Average Recall     @[ IoU=0.50:0.95 | area= large | maxDets=100 ] = 0.463"); // 0.4625
        run.Out.Split('\n')
            .Count(line => line.Contains("class", StringComparison.Ordinal) && line.Contains("0.", StringComparison.Ordinal))
            .ShouldBe(5);
        run.Out.ShouldContain("best mean F1");
    }

    [Fact]
    public async Task Detections_of_another_data_set_are_refused_by_entry()
    {
        using var folder = new TemporaryFolder();
        string results = folder["results.json"];
        File.WriteAllText(
            results,
            """
            [{"image_id": 3, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5},
             {"image_id": 4, "category_id": 1, "bbox": [1, 2, 3, 4], "score": 0.5}]
            """);
        CliRun run = await CliRun.Of("coco-eval", Goldens.Path("cocoeval/ground_truth.json"), results);
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("detection[1]: is of image 4");
    }

    [Theory]
    [InlineData("2", "coco-eval", "nowhere.json", "nowhere.json", "--kind", "box")]
    [InlineData("2", "coco-eval", "nowhere.json", "nowhere.json", "--max-dets", "10,1,100")]
    [InlineData("2", "coco-eval", "nowhere.json")]
    [InlineData("1", "coco-eval", "nowhere.json", "nowhere.json")]
    public async Task Wrong_use_is_told(string code, params string[] args)
    {
        CliRun run = await CliRun.Of(args);
        $"{run.Code}".ShouldBe(code);
        run.Error.ShouldContain("error: ");
        run.Error.ShouldNotContain("internal error");
    }
}
