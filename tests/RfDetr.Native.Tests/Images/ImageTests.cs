using System.Buffers.Binary;

namespace RfDetr.Tests.Images;

public sealed class ImageTests
{
    [Fact]
    public void The_library_says_what_and_where_it_is()
    {
        Version.Parse(Libvips.Version).ShouldBeGreaterThanOrEqualTo(new Version(8, 13));
        Libvips.Path.ShouldNotBeNull().ShouldContain("libvips");
        Libvips.ReadableFormats.ShouldBe(Enum.GetValues<ImageFormat>());
    }

    [Fact]
    public void A_missing_library_is_explained()
    {
        var reason = new DllNotFoundException(
            "Unable to load shared library 'libvips.so.42' or one of its dependencies. In order to … A page about paths.");
        string message = new LibvipsMissingException(new TypeInitializationException("NetVips", reason)).Message;
        message.ShouldContain("'libvips.so.42'");
        message.ShouldContain("dotnet add package NetVips.Native");
        message.ShouldNotContain("A page");
        new LibvipsMissingException("8.9.1", "8.13").Message.ShouldContain("8.9.1");
    }

    [Fact]
    public async Task Every_way_in_gives_the_same_pixels()
    {
        string path = Goldens.Path("images/exif_6.jpg");
        byte[] encoded = await File.ReadAllBytesAsync(path);
        using Image expected = Image.Load(path);
        using Image fromSpan = Image.Decode(encoded);
        using Image fromBytes = Image.Load(encoded);
        using Image fromMemory = await Image.LoadAsync(encoded);
        using Image fromStream = Image.Load(new MemoryStream(encoded));
        using Image fromSlowStream = Image.Load(new DribblingStream(encoded));
        using Image fromPathLater = await Image.LoadAsync(path);
        using Image fromBytesLater = await Image.DecodeAsync(encoded);
        using Image fromStreamLater = await Image.LoadAsync(new DribblingStream(encoded));
        using Image copied = Image.FromPixels(expected.Frame);
        Image[] all =
            [fromSpan, fromBytes, fromMemory, fromStream, fromSlowStream, fromPathLater, fromBytesLater, fromStreamLater, copied];
        foreach (Image image in all)
            Same(image, expected).ShouldBeTrue();
    }

    [Fact]
    public async Task Cancellation_is_honored()
    {
        var canceled = new CancellationToken(canceled: true);
        string path = Goldens.Path("images/baseline.jpg");
        await Should.ThrowAsync<OperationCanceledException>(() => Image.LoadAsync(path, null, canceled));
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
        var failure = Should.Throw<ImageContentException>(() => Image.Load(new DribblingStream(new byte[100_000]), limits));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Fact]
    public void The_limits_hold_for_decoded_formats()
    {
        string path = Goldens.Path("images/baseline.jpg");
        Should.Throw<ImageContentException>(() => Image.Load(path, new ImageLimits { MaxPixels = 97 * 61 - 1 }))
            .Message.ShouldContain("97×61");
        using Image just = Image.Load(path, new ImageLimits { MaxPixels = 97 * 61 });
        just.Width.ShouldBe(97);
    }

    [Fact]
    public void A_small_file_that_claims_a_huge_image_is_refused_before_it_takes_memory()
    {
        byte[] file = File.ReadAllBytes(Goldens.Path("images/progressive_420.jpg"));
        int frame = file.AsSpan().IndexOf((ReadOnlySpan<byte>)[0xFF, 0xC2]);   // SOF2: length, precision, height, width
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 5), 13_000);
        BinaryPrimitives.WriteUInt16BigEndian(file.AsSpan(frame + 7), 13_000);
        var failure = Should.Throw<ImageContentException>(() => Image.Decode(file));
        failure.Fault.ShouldBe(ImageFault.TooLarge);
        failure.Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("169000000 pixels"), m => m.ShouldContain("50000000"), m => m.ShouldContain("--max-pixels"));
    }

    [Theory]
    [InlineData("baseline.jpg", 9)]
    [InlineData("cmyk.jpg", 12)]        // four coefficients of two bytes
    [InlineData("gray16.png", 9)]
    [InlineData("lossless.webp", 11)]
    [InlineData("picture.tiff", 9)]
    public void Pixels_count_for_what_their_decoding_takes(string file, int cost)
    {
        const int pixels = 97 * 61;
        byte[] encoded = File.ReadAllBytes(Goldens.Path($"images/{file}"));
        int least = (pixels * cost + 8) / 9;
        Image.Decode(encoded, new ImageLimits { MaxPixels = least }).Dispose();
        Should.Throw<ImageContentException>(() => Image.Decode(encoded, new ImageLimits { MaxPixels = least - 1 }))
            .Fault.ShouldBe(ImageFault.TooLarge);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg, 1, 3)]
    [InlineData(ImageFormat.Png, 4, 8)]
    [InlineData(ImageFormat.Gif, 4, 12)]
    [InlineData(ImageFormat.Heif, 4, 36)]
    public void The_cost_of_a_pixel_follows_format_and_bands(ImageFormat format, int bands, int cost) =>
        DecodingCost.Of(format, bands, NetVips.Enums.BandFormat.Uchar).ShouldBe(cost);

    [Fact]
    public void The_default_limits_can_be_changed_for_the_process()
    {
        ImageLimits before = ImageLimits.Default;
        try
        {
            ImageLimits.Default = before with { MaxPixels = before.MaxPixels + 1 };
            ImageLimits.OrDefault(null).MaxPixels.ShouldBe(before.MaxPixels + 1);
            Should.Throw<ArgumentOutOfRangeException>(() => ImageLimits.Default = before with { MaxPixels = 0 });
        }
        finally
        {
            ImageLimits.Default = before;
        }
    }

    [Fact]
    public void Parallel_decoding_equals_serial()
    {
        string[] files =
        [
            "baseline.jpg", "progressive_420.jpg", "palette.png", "lossless.webp", "picture.gif", "picture.tiff", "exif_5.jpg",
            "cmyk.jpg",
        ];
        byte[][] expected = [.. files.Select(Pixels)];
        Parallel.For(0, 400, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i =>
        {
            Pixels(files[i % files.Length]).AsSpan().SequenceEqual(expected[i % files.Length]).ShouldBeTrue();
            if (i % 5 == 0)
            {
                Should.Throw<ImageContentException>(() => Image.Load(Goldens.Path("images/truncated.jpg")))
                    .Fault.ShouldBe(ImageFault.Truncated);
            }
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
