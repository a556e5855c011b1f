using System.Diagnostics;
using RfDetr.Jobs;
using static RfDetr.Invariant;

namespace RfDetr.Bench;

/// <summary>
/// A job of ten million images: its submission, its status and a worker on its last shards, each as a process with its time and
/// the most memory that it took; and beside it the worker of a job that has nothing but these shards.
/// </summary>
internal static class JobsScaleBench
{
    private const int ShardSize = 256, LeftShards = 4, Failing = 100;

    /// <summary>Measures on a list that names one image many times, with results that no network had to find.</summary>
    /// <param name="program">The command line's assembly, <c>RfDetr.Cli.dll</c>.</param>
    /// <param name="shards">Shards; 39,063 of 256 images are ten million.</param>
    /// <param name="rounds">Rounds of each status.</param>
    /// <param name="database">Results of the same number of shards in a database, <c>postgres://…</c>; null for none.</param>
    public static async Task RunAsync(string program, int shards, int rounds, string? database)
    {
        string folder = Directory.CreateTempSubdirectory("rfdetr-bench-").FullName;
        try
        {
            string image = Path.Combine(folder, "scene.jpg");
            Scene scene = new SceneGenerator().Render(seed: 1, index: 0, 640, 480);
            new PixelFrame(scene.Rgb, 640, 480, 0, PixelFormat.Rgb24).Save(image);
            (string large, string small) = (Path.Combine(folder, "large"), Path.Combine(folder, "small"));
            Submit(program, folder, image, large, (long)shards * ShardSize);
            Submit(program, folder, image, small, LeftShards * ShardSize);

            await using Destination destination = await Destinations.OpenAsync(large, null, CancellationToken.None);
            JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
            await using (var results = new FileResults(destination.Files, job))
            {
                Status(program, rounds, "status, no results", large);
                await AddAsync(results, job, 0, shards / 2);
                Status(program, rounds, "status, half of the shards", large);
                await AddAsync(results, job, shards / 2, shards - LeftShards);
                Status(program, rounds, Text($"status, all but {LeftShards} shards"), large);
            }

            Report(Text($"work, the last {LeftShards} of {shards} shards"), [Started(program, "jobs", "work", large)]);
            Report(Text($"work, {LeftShards} shards in all"), [Started(program, "jobs", "work", small)]);
            if (database is not null)
                await DatabaseAsync(program, rounds, folder, shards, database);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void Submit(string program, string folder, string image, string output, long images)
    {
        string list = Path.Combine(folder, "list.jsonl");
        using (var writer = new StreamWriter(list))
        {
            // In an order that sorting has to change.
            const long Step = 7_919;
            for (long i = 0; i < images; i++)
                writer.WriteLine(Text($"{{\"id\":\"camera-7/{i * Step % images:0000000000}.jpg\",\"location\":\"{image}\"}}"));
        }

        Report(Text($"submit, {images} images"), [Started(program, "jobs", "submit", list, "--output", output)]);
        File.Delete(list);
    }

    private static void Status(string program, int rounds, string name, string output, params string[] more) =>
        Report(
            name,
            [.. Enumerable.Range(0, rounds).Select(_ => Started(program, ["jobs", "status", output, "--json", "-", .. more]))]);

    // Rows without objects: what a status counts is not in them.
    private static Task AddAsync(IShardResults results, JobDefinition job, int from, int until) => Parallel.ForEachAsync(
        Enumerable.Range(from, until - from), async (index, cancellationToken) =>
        {
            ShardRef shard = job.Shard(index);
            int failed = index % Failing == 0 ? 1 : 0;
            IEnumerable<RowDocument> rows = Enumerable.Range(0, shard.Count).Select(i =>
            {
                var image = new JobImage(Text($"camera-7/{shard.First + i:0000000000}.jpg"), "/images/scene.jpg");
                return i < failed
                    ? ShardRows.Of(image, "not an image", job)
                    : ShardRows.Of(image, new Detections { Width = 640, Height = 480, Items = [] }, job);
            });
            var meta = new ShardMeta(
                "bench-1", JobWorker.Version, TimeProvider.System.GetUtcNow(), 12.5, shard.Count, failed, 0, []);
            await results.AddAsync(new ShardResult(shard, ShardRows.ToUtf8(rows), failed, meta), cancellationToken);
        });

    // A status counts shards and never rows, so that shards of one image measure the same.
    private static async Task DatabaseAsync(string program, int rounds, string folder, int shards, string database)
    {
        string output = Path.Combine(folder, "database");
        await using Destination destination = await Destinations.OpenAsync(output, database, CancellationToken.None);
        string digest = new('0', 64);
        var job = new JobDefinition(
            Text($"bench-{Environment.ProcessId}"), digest, digest, digest, digest, shards, 1, "demo", new JobOptions());
        await destination.Files.PutIfAbsentAsync(JobDefinition.File, job.ToJson(), CancellationToken.None);
        await using IShardResults results = await destination.OpenResults(job, CancellationToken.None);
        await AddAsync(results, job, 0, shards / 2);
        Status(program, rounds, "status, PostgreSQL, half of the shards", output, "--results", database);
        await AddAsync(results, job, shards / 2, shards);
        Status(program, rounds, "status, PostgreSQL, all shards", output, "--results", database);
    }

    private static void Report(string name, IReadOnlyList<(double Seconds, double Work, double Megabytes)> runs)
    {
        double seconds = SampleStatistics.Median([.. runs.Select(r => r.Seconds)]), least = runs.Min(r => r.Seconds);
        double work = SampleStatistics.Median([.. runs.Select(r => r.Work)]);
        Console.WriteLine(
            Text($"{name,-42} {seconds,7:0.00} s (min {least,6:0.00})   {work,7:0.00} s of processor time   ")
            + Text($"{runs.Max(r => r.Megabytes),5:0} MB"));
    }

    // A status of a job that goes on ends with 1.
    private static (double Seconds, double Work, double Megabytes) Started(string program, params string[] arguments)
    {
        (long start, double work) = (Stopwatch.GetTimestamp(), ChildProcesses.ProcessorSeconds());
        using Process process = ChildProcesses.Start(program, arguments);
        Task<string> error = process.StandardError.ReadToEndAsync(), output = process.StandardOutput.ReadToEndAsync();
        double kilobytes = 0;
        do
        {
            // The most so far; a process that has ended has none.
            kilobytes = Math.Max(
                kilobytes, ProcFile.Number(ProcFile.Field(Text($"/proc/{process.Id}/status"), "VmHWM")) ?? 0);
        }
        while (!process.WaitForExit(5));
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        process.WaitForExit();
        _ = output.Result;
        bool isStatus = arguments[1] == "status";
        return process.ExitCode == 0 || (isStatus && process.ExitCode == 1)
            ? (seconds, ChildProcesses.ProcessorSeconds() - work, kilobytes / 1024)
            : throw new InvalidOperationException($"exit code {process.ExitCode}: {error.Result}");
    }
}
