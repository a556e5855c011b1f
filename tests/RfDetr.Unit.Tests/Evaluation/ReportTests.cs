using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using RfDetr.Data;

namespace RfDetr.Tests.Evaluation;

public sealed partial class ReportTests
{
    private static EvaluationResult Result(int seed, string name = "class")
    {
        EvaluationInput input = PlantedCases.Random(seed, images: 30);
        return EvaluationResult.Of(input, input.CategoryIds.Select(id => new EvaluationClass(id, $"{name}{id}")));
    }

    private static RunReportContent Content() => new()
    {
        Title = "run <1> & \"more\"",
        Facts = [("model", "nano")],
        Evaluations = [Result(1, "a<b>&")],
        History = new RunHistory("epoch",
        [
            new("lr", [new("lr", [(0, 1e-4), (1, 1e-5)])]),
            new("flat", [new("constant", [(0, 3), (1, 3)])]),
            new("nothing", [new("gaps", [(0, double.NaN)])]),
            new(
                "many",
                [
                    new("long", [.. Enumerable.Range(0, 5000).Select(i => ((double)i, Math.Sin(i / 500.0)))]),
                    new("one", [(7, .5)])
                ]),
        ]),
        Examples = [new("image <x>.jpg", "2 found", [1, 2, 3], [4, 5, 6])],
    };

    [Fact]
    public void A_report_is_well_formed_and_asks_for_nothing_from_elsewhere()
    {
        string html = RunReport.ToHtml(Content());
        html.ShouldStartWith("<!DOCTYPE html>");
        html.ShouldNotContain("http", Case.Insensitive);
        html.ShouldNotContain("@import");
        References()
            .Matches(html).Select(m => m.Groups[1].Value)
            .ShouldAllBe(target => target.StartsWith("data:image/jpeg;base64,", StringComparison.Ordinal));
        html.ShouldContain("image &lt;x&gt;.jpg");
        html.ShouldContain("a&lt;b&gt;&amp;10");

        // Every part that is built from data must close what it opens; void elements, style and script aside it is XML then.
        string body = html[
            html.IndexOf("<main>", StringComparison.Ordinal)..(
                html.IndexOf("</main>", StringComparison.Ordinal) + "</main>".Length)
        ];
        body.ShouldNotContain("NaN", Case.Sensitive);
        XElement main = XElement.Parse(Void().Replace(body, "$0</img>"));
        main.Descendants("svg").Count().ShouldBe(6); // three of the evaluation, three of the history
        main.Descendants("figcaption").Count(c => c.Value == "nothing").ShouldBe(1);
        main.Descendants("tbody").First().Elements("tr").Count().ShouldBe(4);
    }

    [Fact]
    public void Charts_keep_their_lines_inside_and_thin_long_ones()
    {
        string html = RunReport.ToHtml(Content());
        int lines = 0;
        foreach (Match path in Lines().Matches(html))
        {
            double[] numbers =
            [
                .. Numbers()
                    .Matches(path.Groups[1].Value)
                    .Select(m => double.Parse(m.Value, System.Globalization.CultureInfo.InvariantCulture))
            ];
            numbers.Where((_, i) => i % 2 == 0).ShouldAllBe(x => x >= 46 && x <= 470);
            numbers.Where((_, i) => i % 2 == 1).ShouldAllBe(y => y >= 10 && y <= 222);
            numbers.Length.ShouldBeLessThanOrEqualTo(2 * 400);
            lines++;
        }

        lines.ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Results_json_has_the_names_that_rf_detr_gives()
    {
        using var folder = new TemporaryFolder();
        EvaluationResult result = Result(2);
        ResultsJson.Write(folder["results.json"], [("valid", result)]);
        JsonElement root = JsonDocument.Parse(File.ReadAllText(folder["results.json"])).RootElement;
        JsonElement[] rows = [.. root.GetProperty("class_map").GetProperty("valid").EnumerateArray()];
        rows.Length.ShouldBe(result.Classes.Count(c => c.Objects > 0) + 1);
        rows[0]
            .EnumerateObject().Select(p => p.Name).ShouldBe(["class", "map@50:95", "map@50", "precision", "recall", "f1_score"]);
        rows[^1].GetProperty("class").GetString().ShouldBe("all");
        rows[^1].GetProperty("map@50:95").GetDouble().ShouldBe(result.Metrics.AveragePrecision());
        root.GetProperty("map").GetDouble().ShouldBe(result.Metrics.AveragePrecision(iou: .5));
        root.GetProperty("f1_score").GetDouble().ShouldBe(result.Sweep.Best.F1);
        Should.Throw<ArgumentException>(() => ResultsJson.Write(folder["results.json"], []));
    }

    [Fact]
    public void Evaluation_json_has_curves_only_if_they_are_wanted()
    {
        EvaluationResult result = Result(4);
        JsonElement Json(bool curves)
        {
            using var stream = new MemoryStream();
            using (var json = new Utf8JsonWriter(stream))
                EvaluationJson.Write(json, result, curves);
            return JsonDocument.Parse(stream.ToArray()).RootElement;
        }

        Json(false).TryGetProperty("curves", out _).ShouldBeFalse();
        JsonElement curves = Json(true).GetProperty("curves");
        curves.GetProperty("mean_precision_at_iou50").GetArrayLength().ShouldBe(101);
        double[] mean = PrecisionCurves.Mean(result.Metrics);
        mean.Average().ShouldBe(result.Metrics.AveragePrecision(iou: .5), 1e-12);
        JsonElement confusion = Json(false).GetProperty("confusion");
        confusion.GetProperty("classes").GetArrayLength().ShouldBe(5);
        confusion.GetProperty("truth_by_found")
            .EnumerateArray().Sum(row => row.EnumerateArray().Sum(n => n.GetInt32())).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void Examples_are_the_worst_and_some_of_the_others()
    {
        EvaluationResult result = Result(6);
        IReadOnlyList<long> chosen = ExampleChoice.Of(result, 8);
        chosen.Distinct().Count().ShouldBe(8);
        int worst = result.Confusion.Images.Max(p => p.Total);
        result.Confusion.Images.Single(p => p.ImageId == chosen[0]).Total.ShouldBe(worst);
        ExampleChoice.Of(result, 1000).Count.ShouldBe(30);
        ExampleChoice.Of(result, 0).ShouldBeEmpty();
    }

    [GeneratedRegex("(?:src|href|xlink:href)=\"([^\"]*)\"|url\\(([^)]*)\\)")]
    private static partial Regex References();

    [GeneratedRegex("<img [^>]*>")]
    private static partial Regex Void();

    [GeneratedRegex("class=\"line [^\"]*\" d=\"([^\"]*)\"")]
    private static partial Regex Lines();

    [GeneratedRegex("-?[0-9.]+")]
    private static partial Regex Numbers();
}
