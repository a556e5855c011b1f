using System.Text.Json;
using System.Text.Json.Nodes;

namespace RfDetr.Tests.Benchmarking;

public sealed class BenchmarkFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly BenchmarkReport _report = SyntheticTimes.Report(
        new SyntheticTimes(1).Series(30, 50), accuracy: new("a set", 10, 0.5, 0.75, null, null));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_written_is_read_again()
    {
        string path = Write(ToNode());
        BenchmarkReport read = BenchmarkFile.Read(path);
        ToNode(read).ToJsonString().ShouldBe(ToNode().ToJsonString());
        read.Series[0].Stage(BenchmarkStages.EndToEnd)!.Samples.ShouldBe(
            _report.Series[0].Stage(BenchmarkStages.EndToEnd)!.Samples);
        read.Accuracy.ShouldBe(_report.Accuracy);
        read.Options.Runs.ShouldBe(30);
    }

    [Fact]
    public void Statistics_stand_beside_the_samples()
    {
        JsonNode stage = ToNode()["series"]![0]!["stages"]![5]!;
        stage["name"]!.GetValue<string>().ShouldBe("end_to_end");
        stage["statistics"]!["p50"]!.GetValue<double>().ShouldBe(_report.Series[0].Stages[5].Statistics.P50);
        stage["statistics"]!["standard_deviation"].ShouldNotBeNull();
    }

    [Fact]
    public void Samples_stand_on_one_line_of_an_indented_document()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
            BenchmarkFile.Write(_report, json);
        string text = System.Text.Encoding.UTF8.GetString(stream.ToArray());
        text.Split('\n').Length.ShouldBeLessThan(250);
        text.ShouldContain("0.3,0.3,0.3");
    }

    public static TheoryData<string, string> Broken => new()
    {
        { "schema_version=2", "schema version 2, expected 1" },
        { "series=[]", "has no series" },
        { "series=[null]", "a series that is null" },
        { "model=null", "model" },
        { "series.0.stages=[]", "no stage 'end_to_end'" },
        { "series.0.stages=[null]", "a stage 'null'" },
        { "series.0.stages.0.name=\"dekode\"", "a stage 'dekode'" },
        { "series.0.stages.0.samples=[1]", "1 samples of decode and 30 of end_to_end" },
        { "series.0.stages.5.samples.3=-1", "a time of -1 ms (sample 3 of end_to_end in batch 1 with 1 callers)" },
        { "series.0.stages.5.samples.3=1e999", "(sample 3 of end_to_end" },
        { "series.0.stages.5.samples.3=\"fast\"", "expected a number" },
        { "series.0.stages.5.samples=7", "expected a list" },
        { "series.0.batch=0", "batch 0" },
        { "series.0.collections=[1]", "1 generations" },
        { "series.0.machine.spin_ms=[1,2]", "2 samples of the machine" },
        { "options.batches=[]", "Batches is" },
        { "options.warmup=\"five\"", "options.warmup" },
        { "accuracy.box_ap=50", "average precision of 50" },
    };

    [Theory]
    [MemberData(nameof(Broken))]
    public void A_broken_report_is_told_where_it_is_broken(string change, string message)
    {
        string path = Write(Changed(change));
        BenchmarkFormatException error = Should.Throw<BenchmarkFormatException>(() => BenchmarkFile.Read(path));
        error.Message.ShouldContain(message);
        error.Message.ShouldContain(path);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("[1, 2]")]
    [InlineData("{\"schema_version\": 1}")]
    [InlineData("a,b,c")]
    public void Other_files_are_no_reports(string text)
    {
        File.WriteAllText(_folder["other.json"], text);
        Should.Throw<BenchmarkFormatException>(() =>
            BenchmarkFile.Read(_folder["other.json"])).Message.ShouldContain("is no benchmark report");
    }

    private JsonNode ToNode() => ToNode(_report);

    private static JsonNode ToNode(BenchmarkReport report)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
            BenchmarkFile.Write(report, json);
        return JsonNode.Parse(stream.ToArray())!;
    }

    /// <summary>The report with one value replaced: <c>a.0.b=VALUE</c>.</summary>
    private JsonNode Changed(string change)
    {
        string[] sides = change.Split('=', 2), names = sides[0].Split('.');
        JsonNode root = ToNode(), at = root;
        foreach (string name in names[..^1])
            at = at is JsonArray list ? list[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]! : at[name]!;
        if (at is JsonArray array)
            array[int.Parse(names[^1], System.Globalization.CultureInfo.InvariantCulture)] = JsonNode.Parse(sides[1]);
        else
            at[names[^1]] = JsonNode.Parse(sides[1]);
        return root;
    }

    private string Write(JsonNode node)
    {
        File.WriteAllText(_folder["report.json"], node.ToJsonString());
        return _folder["report.json"];
    }
}
