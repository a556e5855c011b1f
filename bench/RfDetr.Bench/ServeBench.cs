using System.Diagnostics;
using static RfDetr.Invariant;

namespace RfDetr.Bench;

/// <summary>
/// The server under load: what it adds to a call of the library, and what callers see at parts of its capacity and beyond.
/// </summary>
internal static class ServeBench
{
    private static readonly double[] s_percent = [25, 50, 75, 90, 100, 150];

    /// <param name="program">The server's file.</param>
    /// <param name="image">An image file, the body of every request.</param>
    /// <param name="seconds">Length of a step.</param>
    /// <param name="rounds">Runs of all steps.</param>
    /// <param name="deadlineMs">Time of a request: short enough to be met only by a server that refuses in time.</param>
    public static async Task RunAsync(string program, string image, double seconds, int rounds, int deadlineMs)
    {
        using ServerProcess server = ServerProcess.Start(program, "--deadline", Text($"{deadlineMs}"));
        byte[] bytes = await File.ReadAllBytesAsync(image);
        Console.WriteLine(
            Text($"\nserver: {Path.GetFileName(image)}, {bytes.Length / 1000} kB, model demo, deadline {deadlineMs} ms"));
        await OverheadAsync(server, bytes, pairs: 200);
        await StepsAsync(server, new ImageSet([bytes], Path.GetFileName(image)), seconds, rounds, deadlineMs);
    }

    /// <summary>One call of the library and one of the server in turn, so that what drifts on the machine hits both.</summary>
    private static async Task OverheadAsync(ServerProcess server, byte[] bytes, int pairs)
    {
        using Detector detector = Detector.Load("demo");
        Samples library = new("library"), http = new("server");
        List<double> differences = [];
        for (int i = -5; i < pairs; i++)
        {
            long begin = Stopwatch.GetTimestamp();
            detector.Detect(bytes);
            double inside = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            begin = Stopwatch.GetTimestamp();
            using var body = new ByteArrayContent(bytes);
            body.Headers.ContentType = new("image/jpeg");
            using HttpResponseMessage answer = await server.Client.PostAsync("/detect", body);
            answer.EnsureSuccessStatusCode();
            double outside = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            if (i < 0)
                continue; // the first calls compile
            library.Add(inside);
            http.Add(outside);
            differences.Add(outside - inside);
        }

        Console.WriteLine(library);
        Console.WriteLine(http);
        var d = SampleStatistics.Of([.. differences]);
        Console.WriteLine(Text($"overhead of pairs: median {d.P50:0.00} ms, p10 {d.P10:0.00}, p90 {d.P90:0.00}; ")
            + Text($"aim {2 + 0.05 * library.Median:0.00} (2 ms and 5 %)"));
    }

    private static async Task StepsAsync(ServerProcess server, ImageSet images, double seconds, int rounds, int deadlineMs)
    {
        var options = new LoadOptions
        {
            Url = new Uri(server.Address, "/detect"),
            Percent = s_percent,
            Callers = 4,
            Seconds = seconds,
            Rounds = rounds,
            InFlight = 2000,
        };
        // Measured before the counters are read: the first step is not to have the images of this in its row.
        using (var target = new HttpLoadTarget(options, images))
            options = options with { Capacity = await CapacityProbe.MeasureAsync(target, options, CancellationToken.None) };
        Console.WriteLine(
            "| % | offered/s | achieved/s | p50 ms | p95 | p99 | max | statuses | batch | queue ms | CPU ms/image "
            + "| managed kB/image | RSS MB |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|---|--:|--:|--:|--:|--:|");
        Counters before = await Counters.ReadAsync(server);
        LoadReport report = await LoadGenerator.RunAsync(images, options, new Sync<LoadStep>(step =>
        {
            Counters after = Counters.ReadAsync(server).GetAwaiter().GetResult();
            Console.WriteLine(Row(step, before, after, server.ResidentBytes));
            before = after;
        }));
        double capacity = report.Capacity ?? 0;
        Console.WriteLine(Text($"capacity {capacity:0.00}/s; load average {report.Machine.LoadAverage} before"));
        foreach (LoadStep over in report.Steps.Where(s => s.Percent > 100))
        {
            Console.WriteLine(
                Text($"at {over.Percent:0} %, round {over.Round}: accepted p99 {over.LatencyMs?.P99:0} ms of {deadlineMs}; ")
                + Text($"goodput {100 * over.AchievedRate / capacity:0} % of the capacity; ")
                + Text($"{over.RefusalsWithoutRetryAfter} refusals without Retry-After"));
        }
    }

    private static string Row(LoadStep s, Counters before, Counters after, long resident)
    {
        string statuses = string.Join(", ", s.Statuses.Select(p => $"{p.Key}: {p.Value}"));
        LoadLatency l = s.LatencyMs ?? new(0, 0, 0, 0, 0);
        double images = Math.Max(after.Images - before.Images, 1);
        return Text($"| {s.Percent:0} | {s.OfferedRate:0.0} | {s.AchievedRate:0.0} ")
            + Text($"| {l.P50:0} | {l.P95:0} | {l.P99:0} | {l.Max:0} ")
            + Text($"| {statuses} | {images / Math.Max(after.Batches - before.Batches, 1):0.00} ")
            + Text($"| {1000 * (after.QueueSeconds - before.QueueSeconds) / images:0.0} ")
            + Text($"| {1000 * (after.Processor - before.Processor) / images:0.0} ")
            + Text($"| {(after.Allocated - before.Allocated) / images / 1000:0} | {resident / 1e6:0} |");
    }

    private sealed record Counters(double Images, double Batches, double QueueSeconds, double Processor, double Allocated)
    {
        public static async Task<Counters> ReadAsync(ServerProcess server) => new(
            await server.MetricAsync("rfdetr_batch_size_sum"),
            await server.MetricAsync("rfdetr_batch_size_count"),
            await server.MetricAsync("rfdetr_queue_wait_duration_seconds_sum"),
            server.ProcessorSeconds,
            await server.MetricAsync("dotnet_gc_heap_total_allocated_bytes_total"));
    }

    /// <summary>Calls in the thread that reports: the next step waits until this one is written.</summary>
    private sealed class Sync<T>(Action<T> action) : IProgress<T>
    {
        public void Report(T value) => action(value);
    }
}
