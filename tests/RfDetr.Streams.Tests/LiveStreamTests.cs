using System.Text.Json;
using Xunit.Abstractions;

namespace RfDetr.Tests.Streams;

/// <summary>Live input: RTSP that breaks off, freezes, and returns with another size; an engine slower than the source.</summary>
[Collection(nameof(OneAtATime))]
public sealed class LiveStreamTests(ITestOutputHelper output) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Rtsp_goes_on_after_it_broke_off_froze_and_changed_its_size()
    {
        await using var server = new RtspServer(Source("small.ts", 64, 48, 10, 120), 120);
        using var stop = new CancellationTokenSource(TimeSpan.FromMinutes(4));
        var options = new VideoOptions { Timeout = TimeSpan.FromSeconds(4) };
        VideoSource source = await VideoSource.OpenAsync(server.Address, options, stop.Token);
        (source.Info.IsLive, source.Info.Width, source.Info.Input.Contains("secret", StringComparison.Ordinal))
            .ShouldBe((true, 64, false));
        using Detector detector = Engines.Blank();
        var analysis = new VideoAnalysis(detector, source);
        int guests = 0, frames = 0;
        bool changed = false, froze = false;
        await foreach (AnalyzedFrame frame in analysis.RunAsync(stop.Token))
        {
            frames++;
            if (frames == 3)
                server.Drop(Source("large.ts", 96, 64, 10, 120));
            if (frame.Width == 96 && !changed)
            {
                (changed, guests) = (true, server.Guests);
                frame.Discontinuity.ShouldBeTrue();
                server.Freeze();
            }
            else if (changed && server.Guests > guests && frame.Discontinuity)
            {
                froze = true;
                break;
            }
        }

        (changed, froze).ShouldBe((true, true));
        source.Interruptions.ShouldBeGreaterThanOrEqualTo(2);
        source.Problem.ShouldNotContain("secret");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Live_results_are_lines_one_per_frame()
    {
        await using var server = new RtspServer(Source("small.ts", 160, 120, 10, 60), 60);
        CliRun run = await CliRun.Of(
            "track", server.Address, "--duration", "4", "--json", "-", "--output", _folder["live.mp4"], "--format", "mot");

        run.Code.ShouldBe(0, run.Error);
        JsonElement[] lines =
            [.. run.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
        lines.ShouldNotBeEmpty();
        lines.Select(l => l.GetProperty("frame").GetInt32()).ShouldBe(Enumerable.Range(0, lines.Length));
        lines.ShouldAllBe(l => l.GetProperty("age_ms").GetDouble() >= 0 && l.GetProperty("dropped").GetInt64() >= 0);
        Videos.Measure(_folder["live.mp4"]).Frames.ShouldBe(lines.Length);
        File.Exists(_folder["live.txt"]).ShouldBeTrue();
        run.Error.ShouldNotContain("secret");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public Task Results_stay_young_when_the_engine_is_slower_than_the_source() => StayYoungAsync(TimeSpan.FromSeconds(8));

    [SkippableFact]
    [Trait("Duration", "Long")]
    public Task Results_stay_young_for_minutes() => StayYoungAsync(TimeSpan.FromMinutes(5));

    // An engine of 8 runs per second and a source of 30: the newest frame is taken when the engine is free, so a result is
    // younger than two runs. What is compared are times of the same run on the same machine, whatever else it does.
    private async Task StayYoungAsync(TimeSpan period)
    {
        double seconds = period.TotalSeconds + 60;
        await using var server = new RtspServer(Source("fast.ts", 160, 120, 30, (int)seconds), seconds);
        List<TimeSpan> runs = [], ages = [];
        using Detector detector = Engines.Slow(TimeSpan.FromSeconds(1 / 8.0), runs);
        VideoSource source = await VideoSource.OpenAsync(server.Address);
        var analysis = new VideoAnalysis(detector, source, new TrackOptions { Duration = period });
        long dropped = 0, early = 0, late = 0;
        await foreach (AnalyzedFrame frame in analysis.RunAsync())
        {
            ages.Add(frame.Age);
            dropped += frame.Dropped;
            if (ages.Count == 30)
                early = GC.GetTotalMemory(forceFullCollection: true);
        }

        late = GC.GetTotalMemory(forceFullCollection: true);
        ages.ShouldNotBeEmpty();
        dropped.ShouldBeGreaterThan(ages.Count, "the source is more than twice as fast");
        ages.Sort();
        runs.Sort();
        foreach (double share in (double[])[0.5, 0.9, 0.99])
            output.WriteLine($"{share:P0} of {ages.Count} results: age {At(ages, share)}, run {At(runs, share)} ms");
        At(ages, 0.5).ShouldBeLessThan(2 * At(runs, 0.5)); // the median: other work of the machine makes some late
        if (early > 0)
            late.ShouldBeLessThan(early + (8 << 20));

        static double At(List<TimeSpan> sorted, double share) =>
            Math.Round(sorted[(int)(share * sorted.Count)].TotalMilliseconds, 1);
    }

    private string Source(string name, int width, int height, int rate, int seconds)
    {
        if (!File.Exists(_folder[name]))
        {
            Videos.Make(
                "-f", "lavfi", "-i", $"testsrc=size={width}x{height}:rate={rate}", "-t", $"{seconds}", "-c:v", "mpeg2video", "-g",
                "5", "-q:v", "8", _folder[name]);
        }

        return _folder[name];
    }

    public void Dispose() => _folder.Dispose();
}
