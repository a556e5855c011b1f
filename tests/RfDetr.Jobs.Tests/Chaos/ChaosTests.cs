using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// Three workers, killed at random moments, on a broker that restarts and crashes and a disk that runs full, with files that are
/// no images and one image that kills whoever computes it: in the end every image has one row, and all bytes but the deadly
/// image's are those of a quiet run.
/// </summary>
public sealed class ChaosTests : IDisposable
{
    private const int Images = 2000, ShardSize = 16, Workers = 3, Kills = 20;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20);

    // Where no small one may be mounted, the disk does not run full.
    private readonly SmallDisk? _disk = SmallDisk.Find(kilobytes: 32 << 10);
    private volatile bool _ranFull;

    private string Quiet => _folder["quiet"];

    private string Stormy => _disk is null ? _folder["stormy"] : Path.Combine(_disk.Path, "stormy");

    public void Dispose()
    {
        _disk?.Dispose();
        _folder.Dispose();
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Every_image_has_one_row_whoever_dies()
    {
        Skip.If(RabbitServer.Missing is not null, RabbitServer.Missing);
        string deadly = MakeImages();
        JobDefinition job = await SubmitAsync(Quiet);
        (await SubmitAsync(Stormy)).ManifestSha256.ShouldBe(job.ManifestSha256);
        Task<RabbitServer> starting = RabbitServer.StartAsync();
        await QuietAsync();
        await using RabbitServer server = await starting;
        await using (var publisher = new RabbitPublisher(server.Address, new BrokerOptions()))
            await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit());

        await StormAsync(server, job);
        Rows(Stormy).Length.ShouldBe(job.Shards - 1, "the deadly image's shard is dead");
        int deaths = 0;
        while (await RunAsync("repair", server) is not 0 and var code)
        {
            code.ShouldBe(137, "the deadly image kills the repair too");
            (++deaths).ShouldBeLessThan(10);
        }

        deaths.ShouldBe(ShardRepair.MostDeaths);
        await CompareAsync(job, deadly);
    }

    private async Task StormAsync(RabbitServer server, JobDefinition job)
    {
        // Moments by how far the job has come, so that all of them come before its end; within, at random.
        int last = job.Shards * 9 / 10;
        var kills = new Queue<int>(Enumerable.Range(0, Kills).Select(_ => _random.Next(1, last)).Order());
        var restarts = new Queue<(int Done, bool Crash)>([(job.Shards / 3, false), (job.Shards * 2 / 3, true)]);
        bool isFull = false, wasFull = false;
        List<Process> workers = [.. Enumerable.Range(0, Workers).Select(_ => Start("work", server))];
        var limit = Stopwatch.StartNew();
        while (workers.Count > 0)
        {
            limit.Elapsed.ShouldBeLessThan(TimeSpan.FromMinutes(20), $"{Rows(Stormy).Length} of {job.Shards} shards are done");
            int done = Rows(Stormy).Length;
            if (kills.TryPeek(out int moment) && done >= moment)
            {
                kills.Dequeue();
                await Task.Delay(_random.Next(200));
                workers[_random.Next(workers.Count)].Kill();
            }

            if (restarts.TryPeek(out (int Done, bool Crash) next) && done >= next.Done)
            {
                restarts.Dequeue();
                await server.RestartAsync(next.Crash);
            }

            if (!wasFull && done >= job.Shards / 2)
            {
                _disk?.Fill();
                isFull = wasFull = _disk is not null;
            }

            for (int i = workers.Count - 1; i >= 0; i--)
            {
                if (!workers[i].HasExited)
                    continue;
                int code = workers[i].ExitCode;
                workers[i].Dispose();
                if (code == 1 && isFull)
                    _disk!.Free(); // one worker's end is enough; the others find room again or end too
                isFull &= code != 1;
                if (code == 0)
                    workers.RemoveAt(i);
                else if (code == 137 || (code == 1 && wasFull))
                    workers[i] = Start("work", server);
                else
                    throw new InvalidOperationException(Invariant.Text($"a worker ended with {code}: {_errors}"));
            }

            await Task.Delay(20);
        }

        kills.ShouldBeEmpty();
        restarts.ShouldBeEmpty();
        _ranFull.ShouldBe(_disk is not null, _errors);
    }

    private string _errors = "";

    private async Task CompareAsync(JobDefinition job, string deadly)
    {
        Rows(Stormy).ShouldBe(Rows(Quiet));
        await using Destination stormy = await Destinations.OpenAsync(Stormy, null, CancellationToken.None);
        await using IShardResults results = await stormy.OpenResults(job, CancellationToken.None);
        var ids = new HashSet<string>();
        (int failed, int rows, int changed) = (0, 0, -1);
        await foreach (ShardResult result in results.ReadAsync(ShardShare.All, CancellationToken.None))
        {
            foreach (RowDocument row in ShardRows.Read(result.Rows, result.Shard.Name))
            {
                ids.Add(row.Id).ShouldBeTrue(row.Id);
                rows++;
                failed += row.Error is null ? 0 : 1;
                if (row.Id == deadly)
                {
                    changed = result.Shard.Index;
                    row.Error.ShouldBe("the program died 3 times while it worked on this image");
                }
            }
        }

        rows.ShouldBe(Images);
        failed.ShouldBe(5 + 1);
        (await JobStatus.OfAsync(stormy.Files, results, job, CancellationToken.None)).IsComplete.ShouldBeTrue();
        string[] different =
        [
            .. Rows(Quiet).Where(r => !File.ReadAllBytes(Path.Combine(Quiet, "shards", r))
                .AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(Stormy, "shards", r)))),
        ];
        different.ShouldBe([Path.GetFileName(FileResults.RowsPath(job.Shard(changed)))]);
        string[] left = TestJob.Files(Stormy);
        left.ShouldNotContain(f => f.StartsWith("dead/", StringComparison.Ordinal)
            || f.StartsWith("parts/", StringComparison.Ordinal));
    }

    private static string[] Rows(string output) => Directory.Exists(Path.Combine(output, "shards"))
        ? [.. Directory.GetFiles(Path.Combine(output, "shards"), "*.jsonl.gz").Select(f => Path.GetFileName(f)!)
            .Order(StringComparer.Ordinal)]
        : [];

    private async Task QuietAsync()
    {
        using Detector detector = Detector.Load("demo", engine: new Engine.Cpu { Threads = 1 });
        await using Destination destination = await Destinations.OpenAsync(Quiet, null, CancellationToken.None);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
        await JobRun.RunAsync(destination, job, detector, null, new RunOptions(), null, CancellationToken.None);
    }

    private async Task<JobDefinition> SubmitAsync(string output)
    {
        await using Destination destination = await Destinations.OpenAsync(output, null, CancellationToken.None);
        Submitted submitted = await Submission.RunAsync(
            destination.Files, [JobSources.Of(_folder["images"], new SourceOptions())], TestJob.Model(),
            new SubmitOptions { ShardSize = ShardSize, Name = "chaos" }, null, CancellationToken.None);
        return submitted.Job;
    }

    /// <summary>Small drawings of a few kinds, five files that are none, and one that is nothing but magenta.</summary>
    private string MakeImages()
    {
        Directory.CreateDirectory(_folder["images"]);
        string[] samples = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "images"), "*.jpg");
        for (int i = 0; i < Images; i++)
        {
            string path = Path.Combine(_folder["images"], Invariant.Text($"{i:0000}.jpg"));
            if (i % 400 == 77)
                File.WriteAllText(path, "no image");
            else if (i != 1234)
                File.Copy(samples[i % samples.Length], path);
        }

        TestImages.WriteBmp(Path.Combine(_folder["images"], "1234.bmp"), 64, 48, (_, _) => (255, 0, 255));
        return "1234.bmp";
    }

    private async Task<int> RunAsync(string verb, RabbitServer server)
    {
        using Process process = Start(verb, server);
        await process.WaitForExitAsync();
        if (process.ExitCode is not 0 and not 137)
            throw new InvalidOperationException(Invariant.Text($"{verb} ended with {process.ExitCode}: {_errors}"));
        return process.ExitCode;
    }

    private Process Start(string verb, RabbitServer server)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])[
            typeof(ChaosProgram).Assembly.Location, verb, Stormy, server.Text()])
            start.ArgumentList.Add(argument);
        start.Environment[ChaosProgram.PoisonVariable] = "1";
        start.Environment[ChaosProgram.DelayVariable] = verb == "work" ? "20" : "0";
        start.Environment["TMPDIR"] = Path.GetDirectoryName(_folder["images"])!;
        Process process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, line) =>
        {
            _ranFull |= line.Data?.Contains("no space left", StringComparison.Ordinal) == true;
            if (line.Data is { Length: > 0 } text)
                _errors = string.Create(CultureInfo.InvariantCulture, $"{_errors[Math.Max(0, _errors.Length - 2000)..]}\n{text}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
