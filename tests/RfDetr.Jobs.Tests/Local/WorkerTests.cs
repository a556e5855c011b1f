using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.Json;

namespace RfDetr.Jobs.Tests;

public class WorkerTests
{
    [Fact]
    public async Task Every_image_is_one_row_in_the_words_of_detect()
    {
        using var test = new TestJob(9);
        test.AddBroken("broken.jpg");
        JobDefinition job = await test.SubmitAsync();

        RunOutcome outcome = await TestJob.RunAsync(test.Output);

        (outcome.Work.Shards, outcome.Work.Images, outcome.Work.Failed).ShouldBe((3, 10, 1));
        outcome.Status.IsComplete.ShouldBeTrue();
        List<RowDocument> rows = await TestJob.DocumentsAsync(test.Output);
        rows.Select(r => r.Id).ShouldBe(Directory.GetFiles(test.Images).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        foreach (RowDocument row in rows)
        {
            (row.ModelSha256, row.OptionsSha256).ShouldBe((job.ModelSha256, job.OptionsSha256));
            JsonElement written = JsonSerializer.SerializeToElement(row, JobJson.Default.RowDocument);
            if (row.Id == "broken.jpg")
            {
                row.Error!.ShouldContain("not an image");
                written.TryGetProperty("detections", out _).ShouldBeFalse();
                continue;
            }

            using var json = JsonDocument.Parse(TestJob.Demo.Detect(row.File).ToJson());
            foreach (string name in (string[])["width", "height", "detections"])
                JsonElement.DeepEquals(
                    written.GetProperty(name), json.RootElement.GetProperty(name)).ShouldBeTrue($"{row.Id}: {name}");
            written.TryGetProperty("time_ms", out _).ShouldBeFalse();
        }

        rows.Sum(r => r.Detections?.Count ?? 0).ShouldBeGreaterThan(10);
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        TestJob.Files(Path.Combine(test.Output, "shards")).ShouldContain("shard-000002.failed-1.json");
    }

    [Fact]
    public async Task Bytes_do_not_depend_on_batch_number_ahead_or_shares()
    {
        using var test = new TestJob(11);
        test.AddBroken("050.jpg");
        string[] outputs = ["a", "b", "c"];
        foreach (string name in outputs)
            _ = await test.SubmitAsync(output: test[name]);

        await TestJob.RunAsync(test["a"]);
        await TestJob.RunAsync(test["b"], new WorkerOptions { Batch = 3, Ahead = 2, Worker = "somebody" });
        await Task.WhenAll(Enumerable.Range(1, 3).Select(
            i => TestJob.RunAsync(test["c"], share: new ShardShare(i, 3))));

        TestJob.Rows(test["a"]).Count.ShouldBe(3);
        TestJob.Rows(test["b"]).ShouldBe(TestJob.Rows(test["a"]));
        TestJob.Rows(test["c"]).ShouldBe(TestJob.Rows(test["a"]));
    }

    [Fact]
    public async Task A_share_is_every_nth_shard_and_again_does_nothing()
    {
        using var test = new TestJob(9);
        _ = await test.SubmitAsync(shardSize: 2);

        RunOutcome outcome = await TestJob.RunAsync(test.Output, share: ShardShare.Parse("2/2"));

        outcome.Work.Shards.ShouldBe(2);
        TestJob.Rows(test.Output).Keys.ShouldBe(["shard-000001.jsonl.gz", "shard-000003.jsonl.gz"]);
        outcome.Status.IsComplete.ShouldBeFalse();
        (await TestJob.RunAsync(test.Output)).Work.Shards.ShouldBe(3);
        (await TestJob.RunAsync(test.Output)).Work.ShouldSatisfyAllConditions(
            w => w.Shards.ShouldBe(0), w => w.Images.ShouldBe(0));
    }

    [Theory]
    [InlineData("0/2")]
    [InlineData("3/2")]
    [InlineData("1")]
    [InlineData("1/2/3")]
    [InlineData("-1/2")]
    [InlineData("a/b")]
    public void Shares_that_are_none_are_refused(string text) => Should.Throw<FormatException>(() => ShardShare.Parse(text));

    [Fact]
    public async Task A_worker_that_is_asked_to_stop_finishes_its_shard_and_gives_the_next_back()
    {
        using var test = new TestJob(20);
        _ = await test.SubmitAsync();
        using var stop = new CancellationTokenSource();
        // Stops at the first shard's end; the second is in hand already.
        var events = new Collected(e =>
        {
            if (e.Kind == JobEventKind.ShardDone)
                stop.Cancel();
        });

        RunOutcome outcome = await TestJob.RunAsync(test.Output, stop: stop.Token, events: events);

        outcome.Work.Stopped.ShouldBeTrue();
        outcome.Work.Shards.ShouldBeInRange(1, 2);
        TestJob.Rows(test.Output).Count.ShouldBe(outcome.Work.Shards);
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        await TestJob.RunAsync(test.Output);
        await CompareAsync(test);
    }

    [Fact]
    public async Task Without_grace_the_shard_in_hand_is_given_back_at_once()
    {
        using var test = new TestJob(24);
        _ = await test.SubmitAsync(shardSize: 24);
        using var stop = new CancellationTokenSource();
        using var listener = new Listening("test", (name, _, value) =>
        {
            if (name == "rfdetr.jobs.images" && value > 0)
                stop.Cancel();
        });

        RunOutcome outcome = await TestJob.RunAsync(test.Output, new WorkerOptions { Grace = TimeSpan.Zero }, stop: stop.Token);

        (outcome.Work.Stopped, outcome.Work.Shards).ShouldBe((true, 0));
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        TestJob.Rows(test.Output).ShouldBeEmpty();
    }

    [Fact]
    public async Task Missing_storage_is_no_shard_of_errors_unless_that_is_asked_for()
    {
        using var test = new TestJob(8);
        _ = await test.SubmitAsync();
        Directory.Move(test.Images, test["gone"]);

        JobException e = await Should.ThrowAsync<JobException>(() => TestJob.RunAsync(test.Output));

        e.Message.ShouldContain("--allow-missing");
        TestJob.Rows(test.Output).ShouldBeEmpty();
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        RunOutcome outcome = await TestJob.RunAsync(test.Output, new WorkerOptions { AllowMissing = true });
        (outcome.Work.Images, outcome.Work.Failed).ShouldBe((8, 8));
    }

    [Fact]
    public async Task Results_that_cannot_be_added_give_the_shards_back()
    {
        using var test = new TestJob(12);
        JobDefinition job = await test.SubmitAsync();
        var files = new FolderFiles(test.Output);
        Manifest manifest = await Manifest.OpenAsync(files, job, CancellationToken.None);
        await using var results = new RefusingResults(new FileResults(files, job), refused: 1);
        await using var queue = new LocalQueue(files, results, job, ShardShare.All, "w");
        using var metrics = new JobMetrics("refused");
        var worker = new JobWorker(job, manifest, results, TestJob.Demo, new WorkerOptions(), null, metrics);

        JobException e = await Should.ThrowAsync<JobException>(() => worker.RunAsync(queue, CancellationToken.None));

        e.Message.ShouldBe("no room");
        TestJob.Rows(test.Output).Keys.ShouldBe(["shard-000000.jsonl.gz"]);
        TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        await TestJob.RunAsync(test.Output);
        await CompareAsync(test);
    }

    [Fact]
    public async Task Of_two_workers_on_one_shard_one_writes()
    {
        using var test = new TestJob(8);
        JobDefinition job = await test.SubmitAsync();

        RunOutcome[] outcomes = await Task.WhenAll(TestJob.RunAsync(test.Output), TestJob.RunAsync(test.Output));

        outcomes.Sum(o => o.Work.Images).ShouldBe(8);
        outcomes.Sum(o => o.Work.Shards).ShouldBe(job.Shards);
        (await TestJob.DocumentsAsync(test.Output)).Count.ShouldBe(8);
    }

    [Fact]
    public async Task A_shard_that_workers_died_of_is_gone_through_image_by_image()
    {
        using var test = new TestJob(10);
        test.AddBroken("050.jpg");
        JobDefinition job = await test.SubmitAsync();
        for (int i = 1; i <= LocalQueue.DefaultAttempts; i++)
            Mark(test, $"attempts/shard-000001.{i}.json");

        RunOutcome outcome = await TestJob.RunAsync(test.Output);

        outcome.Repair.ShouldBe(new RepairSummary(1, 4, 1));
        outcome.Status.IsComplete.ShouldBeTrue();
        outcome.Status.ShardsDead.ShouldBe(0);
        TestJob.Files(test.Output).ShouldAllBe(f => !f.StartsWith("attempts") && !f.StartsWith("parts") && !f.StartsWith("dead"));
        job.Shards.ShouldBe(3);
        await CompareAsync(test);
    }

    [Fact]
    public async Task An_image_that_workers_died_of_is_the_only_one_lost()
    {
        using var test = new TestJob(10);
        JobDefinition job = await test.SubmitAsync();
        var files = new FolderFiles(test.Output);
        await DeadShards.PutAsync(files, job.Shard(1), new DeadMark(4, "broker"), CancellationToken.None);
        for (int i = 1; i <= ShardRepair.MostDeaths; i++)
            Mark(test, $"parts/shard-000001/000002.try-{i}.json");

        await TestJob.RunAsync(test.Output);

        List<RowDocument> rows = await TestJob.DocumentsAsync(test.Output);
        rows.Count.ShouldBe(10);
        rows.Where(r => r.Error is not null).Select(r => r.Id).ShouldBe([rows[6].Id]);
        rows[6].Error.ShouldBe("the program died 3 times while it worked on this image");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task An_image_that_hangs_ends_the_worker_with_its_name()
    {
        Skip.If(OperatingSystem.IsWindows(), "Windows has no named pipes among files");
        using var test = new TestJob(4);
        string pipe = Path.Combine(test.Images, "50-hangs.jpg");
        using (Process made = Process.Start("mkfifo", pipe))
            await made.WaitForExitAsync();
        _ = await test.SubmitAsync(shardSize: 8);

        try
        {
            JobException e = await Should.ThrowAsync<JobException>(
                () => TestJob.RunAsync(test.Output, new WorkerOptions { Stall = TimeSpan.FromSeconds(1) }));
            e.Message.ShouldContain("50-hangs.jpg");
            e.Message.ShouldContain("--stall");
            TestJob.Files(Path.Combine(test.Output, "attempts")).ShouldBeEmpty();
        }
        finally
        {
            // The reader is still there.
            await using FileStream end = new(pipe, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        }
    }

    [Fact]
    public async Task Events_and_instruments_count_what_happens()
    {
        using var test = new TestJob(9);
        test.AddBroken("broken.jpg");
        _ = await test.SubmitAsync();
        var sums = new ConcurrentDictionary<string, double>();
        var events = new Collected(_ => { });
        using (var listener = new Listening("test", (name, outcome, value) =>
            sums.AddOrUpdate(outcome is null ? name : $"{name} {outcome}", value, (_, sum) => sum + value)))
        {
            await TestJob.RunAsync(
                test.Output, new WorkerOptions { Worker = "w7", Heartbeat = TimeSpan.FromMilliseconds(100) }, events: events);
        }

        (sums["rfdetr.jobs.images ok"], sums["rfdetr.jobs.images error"]).ShouldBe((9, 1));
        (sums["rfdetr.jobs.shards done"], sums["rfdetr.jobs.shards given_back"]).ShouldBe((3, 0));
        sums["rfdetr.jobs.objects"].ShouldBe((await TestJob.DocumentsAsync(test.Output)).Sum(r => r.Detections?.Count ?? 0));
        sums["rfdetr.jobs.shard.duration"].ShouldBeGreaterThan(0);
        JobEvent[] all = [.. events.All];
        all[0].Kind.ShouldBe(JobEventKind.Started);
        all[^1].Kind.ShouldBe(JobEventKind.Stopped);
        all.Where(e => e.Kind == JobEventKind.ShardDone).Select(e => e.Shard).ShouldBe([0, 1, 2], ignoreOrder: true);
        all.ShouldAllBe(e => e.Worker == "w7");
        (all[^1].Images, all[^1].Failed).ShouldBe((10, 1));
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task A_worker_that_dies_at_any_operation_loses_nothing()
    {
        using var test = new TestJob(5);
        test.AddBroken("050.jpg");
        JobDefinition job = await test.SubmitAsync(shardSize: 3);
        await TestJob.RunAsync(test.Output);
        SortedDictionary<string, string> undisturbed = TestJob.Rows(test.Output);
        int operations = 0;
        for (bool done = false; !done; operations++)
        {
            foreach (bool after in (bool[])[false, true])
            {
                string output = test[$"died-{operations}-{after}"];
                _ = await test.SubmitAsync(shardSize: 3, output: output);
                var files = new DyingFiles(new FolderFiles(output), operations, after);
                done = await RunAsync(job, files) && !files.IsDead;

                RunOutcome outcome = await TestJob.RunAsync(output);

                outcome.Status.IsComplete.ShouldBeTrue();
                (outcome.Status.ImagesDone, outcome.Status.ImagesFailed).ShouldBe((6, 1), $"operation {operations}, {after}");
                TestJob.Rows(output).ShouldBe(undisturbed);
                TestJob.Files(Path.Combine(output, "attempts")).ShouldBeEmpty($"operation {operations}, {after}");
            }
        }

        // Per shard: a mark, rows, the rest, the mark's end.
        operations.ShouldBeGreaterThan(8);
    }

    private static async Task<bool> RunAsync(JobDefinition job, DyingFiles files)
    {
        var destination = new Destination(files, (j, _) => Task.FromResult<IShardResults>(new FileResults(files, j)));
        try
        {
            await JobRun.RunAsync(destination, job, TestJob.Demo, null, new RunOptions(), null, CancellationToken.None);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static async Task CompareAsync(TestJob test)
    {
        string undisturbed = test["undisturbed"];
        JobDefinition job = await JobDefinition.OpenAsync(new FolderFiles(test.Output), CancellationToken.None);
        _ = await test.SubmitAsync(job.ShardSize, undisturbed);
        await TestJob.RunAsync(undisturbed);
        TestJob.Rows(test.Output).ShouldBe(TestJob.Rows(undisturbed));
    }

    private static void Mark(TestJob test, string path)
    {
        string full = Path.Combine(test.Output, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, "{\"worker\":\"w\",\"time\":\"2026-01-01T00:00:00+00:00\"}");
    }
}

/// <summary>Keeps events.</summary>
internal sealed class Collected(Action<JobEvent> action) : IProgress<JobEvent>
{
    public ConcurrentQueue<JobEvent> All { get; } = new();

    public void Report(JobEvent value)
    {
        All.Enqueue(value);
        action(value);
    }
}

/// <summary>Listens to the instruments of one job.</summary>
internal sealed class Listening : IDisposable
{
    private readonly MeterListener _listener = new();

    public Listening(string job, Action<string, string?, double> measured)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == JobMetrics.MeterName)
                listener.EnableMeasurementEvents(instrument);
        };
        void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            (string? name, string? outcome) = (null, null);
            foreach ((string key, object? tag) in tags)
                (name, outcome) = (key == "job.name" ? (string?)tag : name, key == "outcome" ? (string?)tag : outcome);
            if (name == job && value > 0)
                measured(instrument.Name, outcome, value);
            else if (name == job)
                measured(instrument.Name, outcome, 0);
        }

        _listener.SetMeasurementEventCallback<long>((i, v, tags, _) => Take(i, v, tags));
        _listener.SetMeasurementEventCallback<double>((i, v, tags, _) => Take(i, v, tags));
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();
}

/// <summary>Results that are refused from one shard on.</summary>
internal sealed class RefusingResults(IShardResults inner, int refused) : IShardResults
{
    public Task<bool> HasAsync(ShardRef shard, CancellationToken cancellationToken) => inner.HasAsync(shard, cancellationToken);

    public IAsyncEnumerable<int> DoneAsync(CancellationToken cancellationToken) => inner.DoneAsync(cancellationToken);

    public Task<bool> AddAsync(ShardResult result, CancellationToken cancellationToken) => result.Shard.Index < refused
        ? inner.AddAsync(result, cancellationToken)
        : throw new JobException("no room");

    public Task<ShardTotals> TotalsAsync(CancellationToken cancellationToken) => inner.TotalsAsync(cancellationToken);

    public IAsyncEnumerable<ShardResult> ReadAsync(ShardShare share, CancellationToken cancellationToken) =>
        inner.ReadAsync(share, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}

/// <summary>Files of a process that dies at its n-th change, before or after it: nothing is changed from then on.</summary>
internal sealed class DyingFiles(IJobFiles inner, int operation, bool after) : IJobFiles
{
    private int _count;

    public bool IsDead => Volatile.Read(ref _count) > operation;

    public string Name => inner.Name;

    public Task<bool> PutIfAbsentAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        ChangeAsync(() => inner.PutIfAbsentAsync(path, content, cancellationToken));

    public Task<bool> PutFileIfAbsentAsync(string path, string localFile, CancellationToken cancellationToken) =>
        ChangeAsync(() => inner.PutFileIfAbsentAsync(path, localFile, cancellationToken));

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        ChangeAsync(async () =>
        {
            await inner.ReplaceAsync(path, content, cancellationToken);
            return true;
        });

    public Task<byte[]?> ReadAsync(string path, long offset, int? length, CancellationToken cancellationToken) =>
        inner.ReadAsync(path, offset, length, cancellationToken);

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => inner.ExistsAsync(path, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => ChangeAsync(async () =>
    {
        await inner.DeleteAsync(path, cancellationToken);
        return true;
    });

    public IAsyncEnumerable<JobFile> ListAsync(string prefix, CancellationToken cancellationToken) =>
        inner.ListAsync(prefix, cancellationToken);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<bool> ChangeAsync(Func<Task<bool>> change)
    {
        int number = Interlocked.Increment(ref _count) - 1;
        if (number > operation || (number == operation && !after))
            throw new IOException("the process is dead");
        bool result = await change();
        return number == operation ? throw new IOException("the process is dead") : result;
    }
}
