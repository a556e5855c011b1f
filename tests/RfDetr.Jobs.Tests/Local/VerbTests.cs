using System.Text.Json;

namespace RfDetr.Jobs.Tests;

public class VerbTests
{
    [Fact]
    public async Task Run_status_report_and_run_again()
    {
        using var test = new TestJob(9);
        test.AddBroken("broken.jpg");
        string[] run = ["jobs", "run", test.Images, "--output", test.Output, "--shard-size", "4", "--json", "-"];

        CommandLine first = await CommandLine.RunAsync(run);
        CommandLine status = await CommandLine.RunAsync("jobs", "status", test.Output, "--json", "-");
        CommandLine report = await CommandLine.RunAsync(
            "jobs", "report", test.Output, "--format", "coco", "--format", "parquet", "-f", "jsonl", "--json", "-");
        CommandLine again = await CommandLine.RunAsync(run);

        (first.Code, status.Code, report.Code, again.Code).ShouldBe((0, 0, 0, 0), first.Error + report.Error);
        Number(first, "images_done").ShouldBe(10);
        Number(first, "images_failed").ShouldBe(1);
        Number(status, "images_done").ShouldBe(10);
        Number(again, "images_done").ShouldBe(0);
        first.Error.ShouldContain("10 of 10 images (100.0 %)");
        File.ReadAllText(Path.Combine(test.Output, "report.html")).ShouldContain("<h1>Job out</h1>");
        foreach (string name in (string[])["results.coco.json", "results.coco-masks.json", "results.parquet", "results.jsonl.gz"])
            File.Exists(Path.Combine(test.Output, name)).ShouldBeTrue(name);
    }

    [Fact]
    public async Task Submit_without_a_broker_is_worked_on_in_shares()
    {
        using var test = new TestJob(6);
        CommandLine submitted = await CommandLine.RunAsync(
            "jobs", "submit", test.Images, "--output", test.Output, "--shard-size", "2", "--name", "shared", "--json", "-");
        CommandLine before = await CommandLine.RunAsync("jobs", "status", test.Output);
        CommandLine one = await CommandLine.RunAsync("jobs", "work", test.Output, "--shards", "1/2");
        CommandLine two = await CommandLine.RunAsync("jobs", "work", test.Output, "--shards", "2/2", "--worker", "second");
        CommandLine watched = await CommandLine.RunAsync("jobs", "status", test.Output, "--watch", "--report", "--json", "-");

        (submitted.Code, before.Code, one.Code, two.Code, watched.Code).ShouldBe((0, 1, 0, 0, 0), submitted.Error + one.Error);
        Number(submitted, "shards").ShouldBe(3);
        before.Output.ShouldContain("shared: 0 of 6 images (0.0 %), 0 of 3 shards");
        JsonDocument.Parse(watched.Output.Trim()).RootElement.GetProperty("complete").GetBoolean().ShouldBeTrue();
        File.ReadAllText(Path.Combine(test.Output, "shards", "shard-000001.meta.json")).ShouldContain("\"worker\":\"second\"");
        File.ReadAllText(Path.Combine(test.Output, "report.html")).ShouldContain("<h1>Job shared</h1>");
    }

    [Fact]
    public async Task A_submission_starts_no_engine()
    {
        using var test = new TestJob(3);
        string[] rest = [test.Images, "--output", test.Output, "--onnxruntime", test["there-is-none"]];

        CommandLine submitted = await CommandLine.RunAsync(["jobs", "submit", .. rest]);
        CommandLine run = await CommandLine.RunAsync(["jobs", "run", .. rest]);

        submitted.Code.ShouldBe(0, submitted.Error);
        JobDefinition job = await JobDefinition.OpenAsync(new FolderFiles(test.Output), CancellationToken.None);
        job.Classes.ShouldBe(TestJob.Demo.Model.Classes.Entries);
        run.Code.ShouldBe(1);
        run.Error.ShouldContain("there-is-none");
    }

    [Fact]
    public async Task The_classes_of_a_submission_are_those_that_the_loaded_model_has()
    {
        using var folder = new TemporaryFolder();
        (await CommandLine.RunAsync("export", "demo", "--output", folder["demo.onnx"])).Code.ShouldBe(0);
        string[] names = [.. TestJob.Demo.Model.Classes.Entries.Select(e => e.Name + "-2")];
        foreach (string model in (string[])["demo", folder["demo.onnx"]])
        {
            foreach (ModelOptions options in (ModelOptions[])[new(), new() { ClassNames = names, ClassOffset = 0 }])
            {
                using var detector = Detector.Load(model, options);
                JobModels.Classes(model, options, Engine.Auto).Entries.ShouldBe(detector.Model.Classes.Entries);
            }
        }
    }

    [Fact]
    public async Task Options_reach_the_rows()
    {
        using var test = new TestJob(4);
        CommandLine run = await CommandLine.RunAsync(
            "jobs", "run", test.Images, "--output", test.Output, "--threshold", "0.9", "--classes", "ball", "--report");

        run.Code.ShouldBe(0, run.Error);
        List<RowDocument> rows = await TestJob.DocumentsAsync(test.Output);
        rows.SelectMany(r => r.Detections!).ShouldNotBeEmpty();
        rows.SelectMany(r => r.Detections!).ShouldAllBe(d => d.Score > 0.9f && d.ClassName == "ball");
        string page = File.ReadAllText(Path.Combine(test.Output, "report.html"));
        page.ShouldContain("<h1>Job out</h1>");
        run.Output.ShouldContain("report.html");
    }

    [Theory]
    [InlineData("no job in", 1, "jobs", "status", "{0}/none")]
    [InlineData("no job in", 1, "jobs", "work", "{0}/none")]
    [InlineData("no job in", 1, "jobs", "report", "{0}/none")]
    [InlineData("no job in", 1, "jobs", "repair", "{0}/none")]
    [InlineData("there is no file or folder", 1, "jobs", "run", "{0}/none", "--output", "{0}/x")]
    [InlineData("--output", 2, "jobs", "run", "{0}/images")]
    [InlineData("is an address", 2, "jobs", "run", "http://host/a.jpg", "--output", "{0}/x")]
    [InlineData("is no share", 2, "jobs", "work", "{0}/x", "--shards", "4/3")]
    [InlineData("Name is 'a b'", 2, "jobs", "run", "{0}/images", "--output", "{0}/x", "--name", "a b")]
    [InlineData("--format", 2, "jobs", "report", "{0}/x", "--format", "xml")]
    [InlineData("belongs to --format", 2, "jobs", "report", "{0}/x", "--shards", "1/2")]
    [InlineData("belongs to --watch", 2, "jobs", "status", "{0}/x", "--every", "2")]
    [InlineData("belongs to --watch", 2, "jobs", "status", "{0}/x", "--report")]
    [InlineData("is about a whole job", 2, "jobs", "run", "{0}/images", "--output", "{0}/x", "--shards", "1/2", "--report")]
    [InlineData("none is named", 2, "jobs", "events", "{0}/x")]
    [InlineData("is a file", 2, "jobs", "run", "{0}/images", "--output", "{0}/file")]
    public async Task Wrong_use_is_one_clear_line(string text, int code, params string[] args)
    {
        using var test = new TestJob(2);
        File.WriteAllText(test["file"], "");

        CommandLine run =
            await CommandLine.RunAsync([.. args.Select(a => a.Replace("{0}", test["."], StringComparison.Ordinal))]);

        run.Code.ShouldBe(code, run.Error);
        run.Error.ShouldContain(text);
        run.Error.Split('\n').Count(l => l.StartsWith("error: ", StringComparison.Ordinal)).ShouldBe(1, run.Error);
        Directory.Exists(test["x"]).ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_of_other_options_or_another_model_is_one_clear_line()
    {
        using var test = new TestJob(3);
        string[] submit = ["jobs", "submit", test.Images, "--output", test.Output];
        (await CommandLine.RunAsync(submit)).Code.ShouldBe(0);

        CommandLine options = await CommandLine.RunAsync([.. submit, "--threshold", "0.7"]);
        CommandLine model = await CommandLine.RunAsync("jobs", "work", test.Output, "--model", WrongModel(test));

        (options.Code, model.Code).ShouldBe((1, 1));
        options.Error.ShouldContain("differs in options: ");
        model.Error.ShouldContain("this worker's model");
        (options.Error + model.Error).Split('\n').Count(l => l.StartsWith("error: ", StringComparison.Ordinal)).ShouldBe(2);
        TestJob.Rows(test.Output).ShouldBeEmpty();
    }

    [Fact]
    public async Task Dead_shards_are_shown_and_repaired()
    {
        using var test = new TestJob(6);
        JobDefinition job = await test.SubmitAsync();
        await DeadShards.PutAsync(new FolderFiles(test.Output), job.Shard(1), new DeadMark(4, "broker"), CancellationToken.None);

        CommandLine status = await CommandLine.RunAsync("jobs", "status", test.Output);
        CommandLine repair = await CommandLine.RunAsync("jobs", "repair", test.Output, "--json", "-");

        status.Output.ShouldContain("1 dead shard (rfdetr jobs repair");
        repair.Code.ShouldBe(0, repair.Error);
        Number(repair, "shards_repaired").ShouldBe(1);
        TestJob.Rows(test.Output).Keys.ShouldBe(["shard-000001.jsonl.gz"]);
    }

    private static string WrongModel(TestJob test)
    {
        string path = test["other.onnx"];
        File.WriteAllText(path, "x");
        return path;
    }

    private static long Number(CommandLine run, string property)
    {
        using var json = JsonDocument.Parse(run.Output);
        return json.RootElement.GetProperty(property).GetInt64();
    }
}
