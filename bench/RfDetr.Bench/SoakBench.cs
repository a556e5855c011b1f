using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using static RfDetr.Invariant;

namespace RfDetr.Bench;

/// <summary>
/// Many callers for minutes while the model is replaced again and again: no request may be lost, every answer must be the
/// library's, and memory must stay flat.
/// </summary>
internal sealed class SoakBench
{
    private static readonly TimeSpan s_sample = TimeSpan.FromSeconds(10);

    private readonly ServerProcess _server;
    private readonly (byte[] Bytes, string Expected)[] _images;
    private readonly ConcurrentDictionary<string, int> _lost = new();
    private readonly long _begin = Stopwatch.GetTimestamp();
    private int _answered, _refused, _different, _reloads;

    private SoakBench(ServerProcess server, (byte[] Bytes, string Expected)[] images) => (_server, _images) = (server, images);

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_begin);

    /// <param name="program">The server's file.</param>
    /// <param name="images">Image files, the bodies of requests in turn.</param>
    /// <param name="seconds">Length of the soak.</param>
    /// <param name="callers">Requests at a time.</param>
    /// <param name="reloads">Replacements of the model, spread evenly.</param>
    /// <returns>True if nothing was lost and no answer differed.</returns>
    public static async Task<bool> RunAsync(string program, string[] images, double seconds, int callers, int reloads)
    {
        using ServerProcess server = ServerProcess.Start(program);
        using Detector detector = Detector.Load("demo");
        byte[][] bodies = [.. images.Select(File.ReadAllBytes)];
        Console.WriteLine(Text($"\nsoak: {images.Length} images, {callers} callers, {seconds:0} s, {reloads} reloads of demo"));
        var soak = new SoakBench(server, [.. bodies.Select(b => (b, Rows(detector.Detect(b))))]);
        return await soak.RunAsync(seconds, callers, reloads);
    }

    private async Task<bool> RunAsync(double seconds, int callers, int reloads)
    {
        long before = _server.ResidentBytes;
        var end = TimeSpan.FromSeconds(seconds);
        Task<List<long>> memory = SampleAsync(end);
        Task reload = ReloadAsync(end, reloads);
        await Task.WhenAll(Enumerable.Range(0, callers).Select(i => Task.Run(() => CallAsync(i, end))));
        await reload;
        List<long> samples = await memory;
        double loaded = await _server.MetricAsync("rfdetr_models_loaded");
        double waiting = await _server.MetricAsync("rfdetr_queue_length");
        Console.WriteLine(Text($"{_answered} answers ({_answered / seconds:0.0}/s), {_refused} told to come back (503 with ")
            + Text($"Retry-After), {_lost.Values.Sum()} lost, {_different} unlike the library's; ")
            + Text($"{_reloads} of {reloads} reloads"));
        foreach ((string how, int count) in _lost.OrderByDescending(l => l.Value))
            Console.WriteLine(Text($"lost {count}: {how}"));
        Console.WriteLine(Text($"memory: {before / 1e6:0} MB before; second quarter {Mean(samples, 1):0} MB, ")
            + Text($"last quarter {Mean(samples, 3):0} MB; models loaded {loaded}, images waiting {waiting}"));
        return _lost.IsEmpty && _different == 0 && _reloads == reloads;
    }

    /// <summary>One request after the other; who is told to come back does so, within a second.</summary>
    private async Task CallAsync(int caller, TimeSpan end)
    {
        var random = new Random(caller);
        for (int i = caller; Elapsed < end; i++)
        {
            (byte[] bytes, string expected) = _images[i % _images.Length];
            try
            {
                using var body = new ByteArrayContent(bytes);
                body.Headers.ContentType = new("image/jpeg");
                using HttpResponseMessage answer = await _server.Client.PostAsync("/detect", body);
                byte[] text = await answer.Content.ReadAsByteArrayAsync();
                if (answer.StatusCode == HttpStatusCode.ServiceUnavailable && answer.Headers.RetryAfter is not null)
                {
                    Interlocked.Increment(ref _refused);
                    await Task.Delay(random.Next(100, 1000));
                    continue;
                }

                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    Lost(Text($"status {(int)answer.StatusCode}"));
                    continue;
                }

                Interlocked.Increment(ref _answered);
                if (Rows(text) != expected)
                    Interlocked.Increment(ref _different);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException or JsonException)
            {
                Lost(e.GetType().Name + ": " + e.Message);
            }
        }
    }

    private async Task ReloadAsync(TimeSpan end, int reloads)
    {
        for (int i = 0; i < reloads; i++)
        {
            TimeSpan due = end * ((i + 0.5) / reloads) - Elapsed;
            if (due > TimeSpan.Zero)
                await Task.Delay(due);
            try
            {
                using HttpResponseMessage answer = await _server.Client.PostAsJsonAsync(
                    "/model/reload", new Dictionary<string, string> { ["model_id"] = "demo" });
                if (answer.IsSuccessStatusCode)
                    _reloads++;
                else
                    Lost(Text($"reload: status {(int)answer.StatusCode}"));
            }
            catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
            {
                Lost("reload: " + e.Message);
            }
        }
    }

    private async Task<List<long>> SampleAsync(TimeSpan end)
    {
        List<long> samples = [];
        Console.WriteLine("| s | RSS MB | answers | refused | lost | reloads |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|");
        TimeSpan step = end / 8 < s_sample ? end / 8 : s_sample;
        while (Elapsed < end)
        {
            await Task.Delay(step);
            samples.Add(_server.ResidentBytes);
            Console.WriteLine(Text($"| {Elapsed.TotalSeconds:0} | {samples[^1] / 1e6:0} | {_answered} | {_refused} ")
                + Text($"| {_lost.Values.Sum()} | {_reloads} |"));
        }

        return samples;
    }

    private void Lost(string how) => _lost.AddOrUpdate(how, 1, (_, count) => count + 1);

    // Mean of a quarter, in MB.
    private static double Mean(List<long> samples, int quarter)
    {
        long[] part = [.. samples.Skip(samples.Count * quarter / 4).Take(Math.Max(samples.Count / 4, 1))];
        return part.Length == 0 ? 0 : part.Average() / 1e6;
    }

    // Floats in their shortest form are equal texts if and only if they are equal.
    private static string Rows(Detections found) => string.Join('\n', found.Items.Select(d =>
        Row(d.ClassId, d.Score, [d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2])));

    private static string Rows(byte[] document)
    {
        using var json = JsonDocument.Parse(document);
        return string.Join('\n', json.RootElement.GetProperty("images")[0].GetProperty("detections").EnumerateArray().Select(d =>
            Row(d.GetProperty("class_id").GetInt32(), d.GetProperty("score").GetSingle(),
                [.. d.GetProperty("box").EnumerateArray().Select(v => v.GetSingle())])));
    }

    private static string Row(int classId, float score, float[] box) => Text($"{classId} {score}")
        + string.Concat(box.Select(v => Text($" {v}")));
}
