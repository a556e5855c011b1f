using RfDetr.Video;

namespace RfDetr.Tests.Video;

public sealed class VideoWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task What_is_written_has_its_times_and_plays_in_browsers()
    {
        _ = Clips.Tools;
        TimeSpan[] times = [.. new[] { 0, 1001, 2002, 9009, 9010 }.Select(t => TimeSpan.FromSeconds(t / 30000.0))];
        await WriteAsync("out.mp4", 33, 25, times);

        VideoSource source = await VideoSource.OpenAsync(_folder["out.mp4"]);
        List<(TimeSpan Time, int Width, int Height, int Sum)> frames = await Clips.ReadAsync(source);

        source.Info.Codec.ShouldBe("h264");
        frames.Select(f => (f.Width, f.Height)).Distinct().ShouldBe([(34, 26)]);
        frames.Count.ShouldBe(times.Length);
        for (int i = 0; i < times.Length; i++)
            frames[i].Time.TotalSeconds.ShouldBe(times[i].TotalSeconds, 1e-4);
        byte[] bytes = File.ReadAllBytes(_folder["out.mp4"]);
        Index(bytes, "moov").ShouldBeLessThan(Index(bytes, "mdat"), "the index stands in front");
        Directory.GetFiles(_folder[""]).ShouldBe([_folder["out.mp4"]]);
    }

    [SkippableFact]
    public async Task Sound_is_taken_over()
    {
        Clips.Make(
            [
                "-f", "lavfi", "-i", "sine=duration=1", .. Clips.Picture(64, 48, "25", 25), "-map", "1:v", "-map", "0:a", "-c:a",
                "aac",
                _folder["in.mp4"],
            ]);
        VideoSource source = await VideoSource.OpenAsync(_folder["in.mp4"]);
        source.Info.AudioCodec.ShouldBe("aac");

        await using (var writer = VideoWriter.Create(
            _folder["out.mp4"], 64, 48, new VideoWriterOptions { Audio = source.Info, AudioPath = _folder["in.mp4"] }))
        {
            await foreach (VideoFrame frame in source.ReadAsync())
            {
                using (frame)
                    await writer.WriteAsync(frame.Rgb, frame.Time);
            }

            await writer.CompleteAsync();
            writer.Frames.ShouldBe(25);
        }

        VideoSource written = await VideoSource.OpenAsync(_folder["out.mp4"]);
        written.Info.AudioCodec.ShouldBe("aac");
        (await Clips.ReadAsync(written)).Count.ShouldBe(25);
    }

    [SkippableTheory]
    [InlineData("a.gif")]
    [InlineData("a.mkv")]
    [InlineData("a.mov")]
    public async Task Other_formats_follow_from_the_ending(string name)
    {
        _ = Clips.Tools;
        await WriteAsync(name, 32, 24, [.. Enumerable.Range(0, 5).Select(i => TimeSpan.FromSeconds(i / 10.0))]);

        (await Clips.ReadAsync(await VideoSource.OpenAsync(_folder[name]))).Count.ShouldBe(5);
    }

    [SkippableFact]
    public async Task Numbered_images_are_written_one_per_frame()
    {
        _ = Clips.Tools;
        await WriteAsync("f-%03d.png", 32, 24, [.. Enumerable.Range(0, 4).Select(i => TimeSpan.FromSeconds(i * i))]);

        Directory.GetFiles(_folder[""])
            .Select(Path.GetFileName).Order().ShouldBe(["f-000.png", "f-001.png", "f-002.png", "f-003.png"]);
    }

    [SkippableFact]
    public async Task Nothing_half_written_is_left()
    {
        _ = Clips.Tools;
        File.WriteAllText(_folder["out.mp4"], "older");
        await using (var writer = VideoWriter.Create(_folder["out.mp4"], 32, 24))
            await writer.WriteAsync(new byte[32 * 24 * 3], TimeSpan.Zero);

        Directory.GetFiles(_folder[""]).ShouldBe([_folder["out.mp4"]]);
        File.ReadAllText(_folder["out.mp4"]).ShouldBe("older");
    }

    [SkippableFact]
    public async Task Mistakes_are_refused()
    {
        _ = Clips.Tools;
        Should.Throw<ArgumentException>(() => VideoWriter.Create(_folder["x.avi"], 9, 9)).Message.ShouldContain(".mp4");
        Should.Throw<ArgumentException>(
            () => VideoWriter.Create(_folder["x.mp4"], 9, 9, new VideoWriterOptions { Quality = 99, AudioPath = "x" })).Message
            .ShouldSatisfyAllConditions(m => m.ShouldContain("Quality is 99"), m => m.ShouldContain("go together"));
        await using var writer = VideoWriter.Create(_folder["x.mp4"], 8, 8);
        (await Should.ThrowAsync<VideoException>(() => writer.CompleteAsync())).Message.ShouldContain("no frames");
        await writer.WriteAsync(new byte[192], TimeSpan.FromSeconds(1));
        (await Should.ThrowAsync<ArgumentException>(
            async () => await writer.WriteAsync(new byte[192], TimeSpan.FromSeconds(1)))).Message.ShouldContain("not later");
        (await Should.ThrowAsync<ArgumentException>(
            async () => await writer.WriteAsync(new byte[5], TimeSpan.FromSeconds(2)))).Message.ShouldContain("5 bytes");
    }

    public void Dispose() => _folder.Dispose();

    private async Task WriteAsync(string name, int width, int height, TimeSpan[] times)
    {
        await using var writer = VideoWriter.Create(_folder[name], width, height);
        for (int i = 0; i < times.Length; i++)
        {
            byte[] rgb = [.. Enumerable.Range(0, width * height * 3).Select(k => (byte)(k * 7 + i * 40))];
            await writer.WriteAsync(rgb, times[i]);
        }

        await writer.CompleteAsync();
    }

    private static int Index(byte[] bytes, string name) => bytes.AsSpan().IndexOf(System.Text.Encoding.ASCII.GetBytes(name));
}
