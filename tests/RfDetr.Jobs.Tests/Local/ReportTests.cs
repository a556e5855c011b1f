using System.Text.Json;
using Parquet;
using Parquet.Schema;

namespace RfDetr.Jobs.Tests;

public class ReportTests
{
    private static async Task<(
        JobDefinition Job, JobStatus Status, JobTally Tally, List<RowDocument> Rows)> DoneAsync(TestJob test)
    {
        test.AddBroken("50<b>.jpg");
        JobDefinition job = await test.SubmitAsync();
        RunOutcome outcome = await TestJob.RunAsync(test.Output, new WorkerOptions { Worker = "w<1>" });
        await using Destination destination = TestJob.Open(test.Output);
        await using IShardResults results = await destination.OpenResults(job, CancellationToken.None);
        JobTally tally = await JobTally.OfAsync(results, null, CancellationToken.None);
        return (job, outcome.Status, tally, await TestJob.DocumentsAsync(test.Output));
    }

    private static async Task<IReadOnlyList<ExportedFile>> ExportAsync(
        TestJob test, JobDefinition job, JobFormat format, ShardShare? share = null)
    {
        await using var results = new FileResults(new FolderFiles(test.Output), job);
        return await JobExport.RunAsync(
            job, results, format, test["export"], share ?? ShardShare.All, CancellationToken.None);
    }

    [Fact]
    public async Task A_page_names_classes_failures_slow_images_and_workers_and_needs_nothing_else()
    {
        using var test = new TestJob(9);
        (JobDefinition job, JobStatus status, JobTally tally, List<RowDocument> rows) = await DoneAsync(test);

        string page = JobPage.Of(job, status, tally).ToHtml();

        (tally.Images, tally.Failed, tally.Shards).ShouldBe((10, 1, 3));
        tally.Objects.ShouldBe(rows.Sum(r => r.Detections?.Count ?? 0));
        tally.Classes.Sum(c => c.Value).ShouldBe(tally.Objects);
        tally.Sizes.Sum().ShouldBe(tally.Objects);
        tally.Scores.Sum().ShouldBe(tally.Objects);
        tally.Counts.Sum().ShouldBe(9);
        tally.Slowest.Count.ShouldBe(9);
        foreach ((string name, long count) in tally.Classes)
        {
            page.ShouldContain($">{name}<");
            count.ShouldBe(rows.Sum(r => r.Detections?.Count(d => d.ClassName == name) ?? 0));
        }

        page.ShouldContain("50&lt;b&gt;.jpg");
        page.ShouldContain("not an image");
        page.ShouldContain("w&lt;1&gt;");
        page.ShouldContain(job.ModelSha256);
        page.ShouldNotContain("50<b>");
        page.ShouldNotContain("http");
        tally.Reasons.Single().Key.ShouldNotContain(test.Images); // one reason for all files
    }

    [Fact]
    public async Task Coco_results_are_what_pycocotools_reads()
    {
        using var test = new TestJob(9);
        (JobDefinition job, _, JobTally tally, List<RowDocument> rows) = await DoneAsync(test);

        IReadOnlyList<ExportedFile> files = await ExportAsync(test, job, JobFormat.Coco);

        files.Select(f => Path.GetFileName(f.Path)).ShouldBe(["results.coco.json", "results.coco-masks.json"]);
        files.ShouldAllBe(f => f.Entries == tally.Objects);
        using var boxes = JsonDocument.Parse(File.ReadAllText(files[0].Path));
        using var masks = JsonDocument.Parse(File.ReadAllText(files[1].Path));
        (int Number, DetectionDocument Found)[] all =
            [.. rows.SelectMany((r, i) => (r.Detections ?? []).Select(d => (i + 1, d)))];
        boxes.RootElement.GetArrayLength().ShouldBe(all.Length);
        var ids = job.Classes.ToDictionary(c => c.Label, c => c.DatasetId);
        for (int i = 0; i < all.Length; i++)
        {
            JsonElement box = boxes.RootElement[i], mask = masks.RootElement[i];
            box.GetProperty("image_id").GetInt64().ShouldBe(all[i].Number);
            box.GetProperty("category_id").GetInt64().ShouldBe(ids[all[i].Found.ClassId]!.Value);
            box.GetProperty("bbox")[2].GetSingle().ShouldBe(all[i].Found.Box[2]!.Value - all[i].Found.Box[0]!.Value, 1e-3f);
            mask.GetProperty("segmentation").GetProperty("counts").GetString().ShouldBe(all[i].Found.Mask!.Counts);
        }
    }

    [Fact]
    public async Task Image_ids_of_a_coco_file_come_back()
    {
        using var test = new TestJob(3);
        string[] names = [.. Directory.GetFiles(test.Images).Select(f => Path.GetFileName(f)!).Order(StringComparer.Ordinal)];
        File.WriteAllText(
            Path.Combine(test.Images, "set.json"),
            "{\"images\": [" + string.Join(
                ",", names.Select((n, i) => $"{{\"id\": {1000 - i}, \"file_name\": \"{n}\"}}")) + "]}");
        Submitted submitted = await Submission.RunAsync(
            new FolderFiles(test.Output), [JobSources.Of(Path.Combine(test.Images, "set.json"), new SourceOptions())],
            TestJob.Model(), new SubmitOptions(), null, CancellationToken.None);
        await TestJob.RunAsync(test.Output);

        IReadOnlyList<ExportedFile> files = await ExportAsync(test, submitted.Job, JobFormat.Coco);

        using var boxes = JsonDocument.Parse(File.ReadAllText(files[0].Path));
        boxes.RootElement.EnumerateArray().Select(b => b.GetProperty("image_id").GetInt64()).Distinct().Order()
            .ShouldBe([998, 999, 1000]);
    }

    [Fact]
    public async Task A_parquet_table_has_a_line_for_each_object_and_one_for_images_without()
    {
        using var test = new TestJob(9);
        (JobDefinition job, _, JobTally tally, List<RowDocument> rows) = await DoneAsync(test);

        ExportedFile file = (await ExportAsync(test, job, JobFormat.Parquet)).Single();

        await using ParquetReader reader = await ParquetReader.CreateAsync(file.Path);
        long lines = tally.Objects + rows.Count(r => r.Detections is null or { Count: 0 });
        file.Entries.ShouldBe(lines);
        using ParquetRowGroupReader group = reader.OpenRowGroupReader(0);
        group.RowCount.ShouldBe(lines);
        string?[] ids = await TextAsync(reader, group, "id"), errors = await TextAsync(reader, group, "error");
        string?[] classes = await TextAsync(reader, group, "class_name");
        ids.ShouldBe(rows.SelectMany(r => Enumerable.Repeat(r.Id, Math.Max(1, r.Detections?.Count ?? 0))));
        classes.ShouldBe(rows.SelectMany(r => r.Detections is { Count: > 0 } d ? d.Select(x => (string?)x.ClassName) : [null]));
        errors.Count(e => e is not null).ShouldBe(1);
        var scores = new float?[lines];
        await group.ReadAsync<float>(reader.Schema.FindDataField("score"), scores.AsMemory());
        scores.ShouldBe(rows.SelectMany(r => r.Detections is { Count: > 0 } d ? d.Select(x => x.Score) : [null]));
    }

    [Fact]
    public async Task Json_lines_are_all_rows_and_shares_are_files_of_their_own()
    {
        using var test = new TestJob(9);
        (JobDefinition job, _, _, List<RowDocument> rows) = await DoneAsync(test);

        ExportedFile file = (await ExportAsync(test, job, JobFormat.Jsonl)).Single();
        ExportedFile share = (await ExportAsync(test, job, JobFormat.Jsonl, new ShardShare(2, 2))).Single();

        List<RowDocument> read = [.. ShardRows.Read(RowsFile.Expand(File.ReadAllBytes(file.Path), "x"), "x")];
        read.Select(r => r.Id).ShouldBe(rows.Select(r => r.Id));
        Path.GetFileName(share.Path).ShouldBe("results-2-of-2.jsonl.gz");
        share.Entries.ShouldBe(4);
        TestJob.Files(test["export"]).Length.ShouldBe(2);
    }

    private static async Task<string?[]> TextAsync(ParquetReader reader, ParquetRowGroupReader group, string name)
    {
        var values = new string?[group.RowCount];
        DataField field = reader.Schema.FindDataField(name);
        await group.ReadAsync(field, values.AsMemory()!);
        return values;
    }
}
