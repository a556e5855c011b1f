using RfDetr.Vision;

namespace RfDetr.Tests.Pictures;

public sealed class PictureTests
{
    [Fact]
    public void The_library_says_what_and_where_it_is()
    {
        Version.Parse(Libvips.Version).ShouldBeGreaterThanOrEqualTo(new Version(8, 13));
        Libvips.Path.ShouldContain("libvips");
    }

    [Fact]
    public void A_missing_library_is_explained()
    {
        string message = new LibvipsMissingException(["/a/libvips.so", "libvips.so.42"]).Message;
        message.ShouldContain("/a/libvips.so");
        message.ShouldContain("RFDETR_LIBVIPS");
    }

    [Fact]
    public async Task Every_way_in_gives_the_same_pixels()
    {
        string path = Goldens.Path("images/exif_6.jpg");
        byte[] encoded = await File.ReadAllBytesAsync(path);
        using Picture expected = Picture.Load(path);
        using Picture fromSpan = Picture.Decode(encoded);
        using Picture fromStream = Picture.Decode(new MemoryStream(encoded));
        using Picture fromSlowStream = Picture.Decode(new DribblingStream(encoded));
        using Picture fromPathLater = await Picture.LoadAsync(path);
        using Picture fromBytesLater = await Picture.DecodeAsync(encoded);
        using Picture fromStreamLater = await Picture.DecodeAsync(new DribblingStream(encoded));
        using Picture copied = Picture.FromPixels(expected.Frame);
        foreach (Picture picture in (Picture[])[fromSpan, fromStream, fromSlowStream, fromPathLater, fromBytesLater, fromStreamLater, copied])
            Same(picture, expected).ShouldBeTrue();
    }

    [Fact]
    public async Task Cancellation_is_honoured()
    {
        var cancelled = new CancellationToken(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(() => Picture.LoadAsync(Goldens.Path("images/baseline.jpg"), null, cancelled));
        await Should.ThrowAsync<OperationCanceledException>(() => Picture.DecodeAsync(new byte[] { 1 }, null, cancelled));
    }

    [Fact]
    public void A_missing_file_or_a_folder_is_not_a_content_error()
    {
        Should.Throw<FileNotFoundException>(() => Picture.Load(Goldens.Path("images/none.jpg")));
        Should.Throw<FileNotFoundException>(() => Picture.Load(Goldens.Path("images"))).Message.ShouldContain("folder");
    }

    [Fact]
    public void A_stream_without_end_is_stopped()
    {
        var limits = new PictureLimits { MaxFileBytes = 1000 };
        var failure = Should.Throw<ImageContentException>(() => Picture.Decode(new DribblingStream(new byte[100_000]), limits));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Fact]
    public void The_limits_hold_for_decoded_formats()
    {
        string path = Goldens.Path("images/baseline.jpg");
        Should.Throw<ImageContentException>(() => Picture.Load(path, new PictureLimits { MaxPixels = 97 * 61 - 1 })).Message.ShouldContain("97×61");
        using Picture just = Picture.Load(path, new PictureLimits { MaxPixels = 97 * 61 });
        just.Width.ShouldBe(97);
    }

    [Fact]
    public void Parallel_decoding_equals_serial()
    {
        string[] files = ["baseline.jpg", "progressive_420.jpg", "palette.png", "lossless.webp", "picture.gif", "picture.tiff", "exif_5.jpg", "cmyk.jpg"];
        byte[][] expected = [.. files.Select(Pixels)];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Pixels(files[i % files.Length]).AsSpan().SequenceEqual(expected[i % files.Length]).ShouldBeTrue();
            if (i % 5 == 0)
                Should.Throw<ImageContentException>(() => Picture.Load(Goldens.Path("images/truncated.jpg"))).Fault.ShouldBe(ImageFault.Truncated);
        });
    }

    private static byte[] Pixels(string file)
    {
        using Picture picture = Picture.Load(Goldens.Path($"images/{file}"));
        return picture.Frame.Data.ToArray();
    }

    private static bool Same(Picture a, Picture b) => a.Width == b.Width && a.Frame.Data.SequenceEqual(b.Frame.Data);

    /// <summary>Neither seekable nor generous: a few bytes per read, as a network gives them.</summary>
    private sealed class DribblingStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(buffer.Length, 211)]);

        public override int Read(byte[] buffer, int offset, int count) => base.Read(buffer, offset, Math.Min(count, 211));

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, 211)], cancellationToken);
    }
}
