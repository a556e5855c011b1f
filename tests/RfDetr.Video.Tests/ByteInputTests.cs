using RfDetr.Video;

namespace RfDetr.Tests.Video;

public sealed class ByteInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [SkippableFact]
    public async Task A_stream_of_bytes_is_read_once_and_loses_no_frame()
    {
        Clips.Make([.. Clips.Picture(64, 48, "10", 40), _folder["a.mkv"]]);
        await using FileStream bytes = File.OpenRead(_folder["a.mkv"]);
        VideoSource source = await VideoSource.OpenAsync(bytes);

        (source.Info.Width, source.Info.Input).ShouldBe((64, "standard input"));
        (await Clips.ReadAsync(source)).Count.ShouldBe(40);
        _ = await Should.ThrowAsync<InvalidOperationException>(() => Clips.ReadAsync(source));
    }

    [SkippableFact]
    public async Task A_part_of_a_large_stream_ends_in_good_order()
    {
        Clips.Make([.. Clips.Picture(640, 480, "25", 100), "-c:v", "rawvideo", "-pix_fmt", "yuv420p", _folder["a.nut"]]);
        await using FileStream bytes = File.OpenRead(_folder["a.nut"]);
        VideoSource source = await VideoSource.OpenAsync(bytes, new VideoOptions { End = TimeSpan.FromSeconds(1) });

        (await Clips.ReadAsync(source)).Count.ShouldBe(25);
        source.Errors.ShouldBe(0);
    }

    [SkippableFact]
    public async Task Bytes_that_are_no_video_are_refused_and_standard_input_is_left_to_programs()
    {
        _ = Clips.Tools;
        (await Should.ThrowAsync<VideoException>(() => VideoSource.OpenAsync(new MemoryStream(new byte[9000])))).Message
            .ShouldContain("standard input");
        (
            await Should.ThrowAsync<VideoException>(() => VideoSource.OpenAsync(Stream.Null)))
            .Message.ShouldContain("standard input");
        (await Should.ThrowAsync<ArgumentException>(() => VideoSource.OpenAsync("-"))).Message.ShouldContain("OpenAsync(Stream)");
    }

    [SkippableFact]
    public async Task Images_under_the_name_of_a_video_are_refused()
    {
        Clips.Make([.. Clips.Picture(64, 48, "10", 1), _folder["a.png"]]);
        Clips.Make([.. Clips.Picture(64, 48, "10", 1), _folder["a.jpg"]]);
        foreach (string image in (string[])["a.png", "a.jpg"])
        {
            File.Move(_folder[image], _folder["b.mp4"], overwrite: true);
            (await Should.ThrowAsync<VideoException>(() => VideoSource.OpenAsync(_folder["b.mp4"]))).Message
                .ShouldContain("is an image");
        }
    }

    public void Dispose() => _folder.Dispose();
}
