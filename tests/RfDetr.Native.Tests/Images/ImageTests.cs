
namespace RfDetr.Tests.Images;

public sealed class ImageTests
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
        using Image expected = Image.Load(path);
        using Image fromSpan = Image.Decode(encoded);
        using Image fromStream = Image.Decode(new MemoryStream(encoded));
        using Image fromSlowStream = Image.Decode(new DribblingStream(encoded));
        using Image fromPathLater = await Image.LoadAsync(path);
        using Image fromBytesLater = await Image.DecodeAsync(encoded);
        using Image fromStreamLater = await Image.DecodeAsync(new DribblingStream(encoded));
        using Image copied = Image.FromPixels(expected.Frame);
        foreach (Image image in (Image[])[fromSpan, fromStream, fromSlowStream, fromPathLater, fromBytesLater, fromStreamLater, copied])
            Same(image, expected).ShouldBeTrue();
    }

    [Fact]
    public async Task Cancellation_is_honored()
    {
        var canceled = new CancellationToken(canceled: true);
        await Should.ThrowAsync<OperationCanceledException>(() => Image.LoadAsync(Goldens.Path("images/baseline.jpg"), null, canceled));
        await Should.ThrowAsync<OperationCanceledException>(() => Image.DecodeAsync(new byte[] { 1 }, null, canceled));
    }

    [Fact]
    public void A_missing_file_or_a_folder_is_not_a_content_error()
    {
        Should.Throw<FileNotFoundException>(() => Image.Load(Goldens.Path("images/none.jpg")));
        Should.Throw<FileNotFoundException>(() => Image.Load(Goldens.Path("images"))).Message.ShouldContain("folder");
    }

    [Fact]
    public void A_stream_without_end_is_stopped()
    {
        var limits = new ImageLimits { MaxFileBytes = 1000 };
        var failure = Should.Throw<ImageContentException>(() => Image.Decode(new DribblingStream(new byte[100_000]), limits));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Fact]
    public void The_limits_hold_for_decoded_formats()
    {
        string path = Goldens.Path("images/baseline.jpg");
        Should.Throw<ImageContentException>(() => Image.Load(path, new ImageLimits { MaxPixels = 97 * 61 - 1 })).Message.ShouldContain("97×61");
        using Image just = Image.Load(path, new ImageLimits { MaxPixels = 97 * 61 });
        just.Width.ShouldBe(97);
    }

    [Fact]
    public void Parallel_decoding_equals_serial()
    {
        string[] files = ["baseline.jpg", "progressive_420.jpg", "palette.png", "lossless.webp", "Pimage.gif", "Pimage.tiff", "exif_5.jpg", "cmyk.jpg"];
        byte[][] expected = [.. files.Select(Pixels)];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Pixels(files[i % files.Length]).AsSpan().SequenceEqual(expected[i % files.Length]).ShouldBeTrue();
            if (i % 5 == 0)
                Should.Throw<ImageContentException>(() => Image.Load(Goldens.Path("images/truncated.jpg"))).Fault.ShouldBe(ImageFault.Truncated);
        });
    }

    private static byte[] Pixels(string file)
    {
        using Image image = Image.Load(Goldens.Path($"images/{file}"));
        return image.Frame.Data.ToArray();
    }

    private static bool Same(Image a, Image b) => a.Width == b.Width && a.Frame.Data.SequenceEqual(b.Frame.Data);

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
