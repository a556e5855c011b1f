using RfDetr.Video;

namespace RfDetr.Tests.Video;

public sealed class VideoSourceTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task A_file_loses_no_frame_and_keeps_its_times()
    {
        Clips.Make([.. Clips.Picture(64, 48, "30000/1001", 40), _folder["a.mp4"]]);
        VideoSource source = await VideoSource.OpenAsync(_folder["a.mp4"]);

        List<(TimeSpan Time, int Width, int Height, int Sum)> frames = await Clips.ReadAsync(source);

        source.Info.Rate.ShouldBe(new FrameRate(30000, 1001));
        (source.Info.Width, source.Info.Height, source.Info.AudioCodec, source.Info.IsLive).ShouldBe((64, 48, null, false));
        frames.Count.ShouldBe(40);
        for (int i = 0; i < 40; i++)
            frames[i].Time.TotalSeconds.ShouldBe(i * 1001 / 30000.0, 1e-3);
        frames.Select(f => f.Sum).Distinct().Count().ShouldBeGreaterThan(30);
        source.Errors.ShouldBe(0);
    }

    [SkippableTheory]
    [InlineData(90)]
    [InlineData(180)]
    [InlineData(270)]
    public async Task Rotated_videos_come_upright(int clockwise)
    {
        // When ffmpeg writes the old tag "rotate", the angle it stores is counterclockwise.
        Clips.Make([.. Clips.Picture(64, 48, "10", 3), _folder["flat.mp4"]]);
        Clips.Make(
            "-i", _folder["flat.mp4"], "-c", "copy", "-metadata:s:v:0", $"rotate={360 - clockwise}", _folder["turned.mp4"]);
        VideoSource source = await VideoSource.OpenAsync(_folder["turned.mp4"]);
        Skip.If(source.Info.Rotation == 0, "this ffmpeg writes rotation in another way");

        List<(TimeSpan Time, int Width, int Height, int Sum)> frames = await Clips.ReadAsync(source);

        source.Info.Rotation.ShouldBe(clockwise);
        frames.Select(f => (f.Width, f.Height)).Distinct().ShouldBe([clockwise == 180 ? (64, 48) : (48, 64)]);
        frames.Count.ShouldBe(3);
    }

    [SkippableFact]
    public async Task Pixels_that_are_not_square_become_square()
    {
        Clips.Make([.. Clips.Picture(60, 48, "10", 3), "-vf", "setsar=4/3", _folder["sar.mp4"]]);

        (await Clips.ReadAsync(await VideoSource.OpenAsync(_folder["sar.mp4"])))
            .ShouldAllBe(f => f.Width == 80 && f.Height == 48);
    }

    [SkippableFact]
    public async Task Variable_rates_are_neither_filled_up_nor_thinned_out()
    {
        // Every frame whose number is a square.
        Clips.Make([
            .. Clips.Picture(64, 48, "25", 9), "-vf", "setpts=N*N/25/TB", "-fps_mode", "passthrough", _folder["vfr.mkv"]]);

        List<(TimeSpan Time, int Width, int Height, int Sum)> frames =
            await Clips.ReadAsync(await VideoSource.OpenAsync(_folder["vfr.mkv"]));

        frames.Count.ShouldBe(9);
        for (int i = 0; i < 9; i++)
            frames[i].Time.TotalSeconds.ShouldBe(i * i / 25.0, 2e-3);
    }

    [SkippableFact]
    public async Task Start_end_stride_and_interval_choose_frames()
    {
        Clips.Make([.. Clips.Picture(64, 48, "10", 50), "-g", "10", _folder["a.mp4"]]);
        async Task<double[]> Times(VideoOptions options) =>
            [.. (await Clips.ReadAsync(await VideoSource.OpenAsync(_folder["a.mp4"], options)))
                .Select(f => Math.Round(f.Time.TotalSeconds, 2))];

        (await Times(new VideoOptions { Start = TimeSpan.FromSeconds(2), End = TimeSpan.FromSeconds(2.5) }))
            .ShouldBe([2, 2.1, 2.2, 2.3, 2.4]);
        (await Times(new VideoOptions { Stride = 20 })).ShouldBe([0, 2, 4]);
        (await Times(new VideoOptions { Interval = TimeSpan.FromSeconds(1.5) })).ShouldBe([0, 1.5, 3, 4.5]);
    }

    [SkippableFact]
    public async Task A_truncated_file_is_read_as_far_as_it_goes_and_the_loss_is_counted()
    {
        Clips.Make([.. Clips.Picture(160, 120, "25", 60), "-c:v", "mpeg2video", _folder["whole.ts"]]);
        byte[] bytes = File.ReadAllBytes(_folder["whole.ts"]);
        bytes.AsSpan(bytes.Length / 2, 900).Fill(0x55);
        File.WriteAllBytes(_folder["cut.ts"], bytes[..(bytes.Length * 3 / 4)]);
        VideoSource source = await VideoSource.OpenAsync(_folder["cut.ts"]);

        (await Clips.ReadAsync(source)).Count.ShouldBeInRange(20, 59);
        source.Errors.ShouldBeGreaterThan(0);
        source.Problem.ShouldNotBeEmpty();
    }

    [SkippableFact]
    public async Task What_is_no_video_is_refused_in_one_line()
    {
        _ = Clips.Tools;
        File.WriteAllBytes(_folder["empty.mp4"], []);
        File.WriteAllText(_folder["text.mp4"], "no video at all");
        Clips.Make("-f", "lavfi", "-i", "sine=duration=0.2", _folder["sound.wav"]);
        foreach (string name in new[] { "empty.mp4", "text.mp4", "sound.wav" })
        {
            VideoException e = await Should.ThrowAsync<VideoException>(() => VideoSource.OpenAsync(_folder[name]));
            e.Message.ShouldContain(name);
            e.Message.ShouldNotContain("\n");
        }

        (await Should.ThrowAsync<VideoException>(() => VideoSource.OpenAsync(_folder["none.mp4"]))).Message.ShouldContain(
            "does not exist");
        (await Should.ThrowAsync<ArgumentException>(
            () => VideoSource.OpenAsync("x", new VideoOptions { Stride = 0, Buffer = 99 }))).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("Stride is 0"), m => m.ShouldContain("Buffer is 99"));
        (await Should.ThrowAsync<FfmpegMissingException>(
            () => VideoSource.OpenAsync(_folder["text.mp4"], new VideoOptions { Ffmpeg = _folder[""] })))
            .Message.ShouldContain("apt-get install ffmpeg");
    }

    [SkippableFact]
    public async Task Stopping_early_ends_ffmpeg()
    {
        Clips.Make([.. Clips.Picture(64, 48, "25", 400), _folder["long.mp4"]]);
        VideoSource source = await VideoSource.OpenAsync(_folder["long.mp4"]);
        int read = 0;
        await foreach (VideoFrame frame in source.ReadAsync())
        {
            frame.Dispose();
            Should.Throw<ObjectDisposedException>(() => frame.Rgb);
            if (++read == 3)
                break;
        }

        read.ShouldBe(3);
        using var cancel = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () =>
        {
            await foreach (VideoFrame frame in source.ReadAsync(cancel.Token))
            {
                frame.Dispose();
                await cancel.CancelAsync();
            }
        });
    }

    [Theory]
    [InlineData("rtsp://admin:secret@host/stream", "rtsp://***@host/stream")]
    [InlineData("error in http://user:p%40ss@1.2.3.4:80/x?y and more", "error in http://***@1.2.3.4:80/x?y and more")]
    [InlineData("rtsp://host/a@b", "rtsp://host/a@b")]
    public void Passwords_are_never_shown(string text, string shown)
    {
        TextForMessages.Line(text).ShouldBe(shown);
        if (!text.Contains(' ', StringComparison.Ordinal))
            VideoInput.Parse(text).Name.ShouldBe(shown);
    }

    [Theory]
    [InlineData(
        """{"streams":[{"codec_type":"video","codec_name":"mjpeg","width":9,"height":9,"disposition":{"attached_pic":1}}]}""",
        "holds no video")]
    [InlineData("""{"streams":[{"codec_type":"video","width":900000,"height":9}]}""", "900000×9")]
    [InlineData("""{"streams":7}""", "cannot be read")]
    [InlineData("{", "cannot be read")]
    [InlineData("{}", "holds no video")]
    public void Odd_answers_of_ffprobe_are_refused(string json, string problem) =>
        Should.Throw<VideoException>(() => VideoProbe.Parse(json, VideoInput.Parse("rtsp://x"))).Message.ShouldContain(problem);

    public void Dispose() => _folder.Dispose();
}
