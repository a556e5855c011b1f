namespace RfDetr.Tests.Streams;

/// <summary>
/// Tests of memory and age, which others in the same process would disturb: they run one at a time, after them.
/// </summary>
[CollectionDefinition(nameof(OneAtATime), DisableParallelization = true)]
public sealed class OneAtATime;

[Collection(nameof(OneAtATime))]
public sealed class LongVideoTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public Task A_video_of_some_hundred_frames_loses_none() => RunAsync(600);

    [SkippableFact]
    [Trait("Duration", "Long")]
    public Task A_video_of_ten_thousand_frames_loses_none_and_takes_no_more_memory() => RunAsync(10_000);

    private async Task RunAsync(int frames)
    {
        Videos.Make(
            "-f", "lavfi", "-i", "testsrc=size=160x120:rate=30000/1001", "-frames:v", $"{frames}", "-preset", "ultrafast",
            _folder["in.mp4"]);
        using Detector detector = Engines.Blank();
        VideoSource source = await VideoSource.OpenAsync(_folder["in.mp4"]);
        var analysis = new VideoAnalysis(detector, source);
        long early = 0, late = 0;
        await using var video = new AnnotatedVideo(analysis, _folder["out.mp4"]);
        StreamSummary summary = await StreamRun.RunAsync(analysis, [video], new Watch(p =>
        {
            if (p.Frames == frames / 4)
                early = GC.GetTotalMemory(forceFullCollection: true);
            else if (p.Frames == frames)
                late = GC.GetTotalMemory(forceFullCollection: true);
        }));

        (summary.Frames, summary.DecodeErrors, summary.Canceled).ShouldBe((frames, 0, false));
        late.ShouldBeLessThan(early + (8 << 20));
        (int inFrames, double inSeconds, _) = Videos.Measure(_folder["in.mp4"]);
        (int outFrames, double outSeconds, _) = Videos.Measure(_folder["out.mp4"]);
        (inFrames, outFrames).ShouldBe((frames, frames));
        outSeconds.ShouldBe(inSeconds, 0.02);
    }

    private sealed class Watch(Action<StreamProgress> action) : IProgress<StreamProgress>
    {
        public void Report(StreamProgress value) => action(value);
    }

    public void Dispose() => _folder.Dispose();
}
