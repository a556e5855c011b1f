
namespace RfDetr.Tests.Images;

/// <summary>One image in many encodings against its pixels.</summary>
public sealed class DecodeGoldenTests
{
    [Theory]
    [InlineData("alpha.png")]
    [InlineData("lossless.webp")]
    [InlineData("picture.tiff")]
    [InlineData("rgb.bmp")]
    [InlineData("reference.png")]
    public void Lossless_files_are_exact(string file)
    {
        using Image image = Image.Load(Goldens.Path($"images/{file}"));
        using Image reference = Reference();
        image.Frame.Data.SequenceEqual(reference.Frame.Data).ShouldBeTrue();
    }

    [Theory]
    [InlineData("baseline.jpg", 1.3, 30)]
    [InlineData("cmyk.jpg", 0.5, 16)]
    [InlineData("exif_1.jpg", 1.0, 28)]
    [InlineData("exif_2.jpg", 1.0, 28)]
    [InlineData("exif_3.jpg", 1.0, 28)]
    [InlineData("exif_4.jpg", 1.0, 28)]
    [InlineData("exif_5.jpg", 1.0, 28)]
    [InlineData("exif_6.jpg", 1.0, 28)]
    [InlineData("exif_7.jpg", 1.0, 28)]
    [InlineData("exif_8.jpg", 1.0, 28)]
    [InlineData("palette.png", 3.2, 27)]
    [InlineData("picture.gif", 3.2, 27)]
    [InlineData("progressive_420.jpg", 3.5, 170)]   // half the color resolution: large at colored edges
    public void Lossy_files_are_close_and_upright(string file, double mean, int largest)
    {
        using Image image = Image.Load(Goldens.Path($"images/{file}"));
        using Image reference = Reference();
        (double Mean, int Largest) difference = Difference(image, reference.Frame.Data.ToArray());
        difference.Mean.ShouldBeLessThan(mean);
        difference.Largest.ShouldBeLessThanOrEqualTo(largest);
    }

    [Theory]
    [InlineData("gray.png", 0.0, 0)]
    [InlineData("gray.jpg", 1.0, 16)]
    [InlineData("bilevel.png", 128.0, 255)]
    public void Gray_files_show_the_luma_in_all_channels(string file, double mean, int largest)
    {
        using Image image = Image.Load(Goldens.Path($"images/{file}"));
        (double Mean, int Largest) difference = Difference(image, Luma());
        difference.Mean.ShouldBeLessThanOrEqualTo(mean);
        difference.Largest.ShouldBeLessThanOrEqualTo(largest);
    }

    [Fact]
    public void Bilevel_is_black_and_white()
    {
        using Image image = Image.Load(Goldens.Path("images/bilevel.png"));
        image.Frame.Data.ToArray().Distinct().Order().ShouldBe([(byte)0, (byte)255]);
    }

    [Fact]
    public void Sixteen_bits_are_scaled_to_eight()
    {
        // The reference's red channel times 257. Clipping at 255, as Pillow does, would leave it almost white.
        using Image image = Image.Load(Goldens.Path("images/gray16.png"));
        using Image reference = Reference();
        byte[] red = reference.Frame.Data.ToArray();
        for (int i = 0; i < red.Length; i += 3)
            red[i + 1] = red[i + 2] = red[i];
        image.Frame.Data.SequenceEqual(red).ShouldBeTrue();
    }

    [Theory]
    [InlineData("exif_1.jpg", 1)]
    [InlineData("exif_6.jpg", 6)]
    [InlineData("exif_8.jpg", 8)]
    [InlineData("rgb.bmp", 1)]
    [InlineData("picture.tiff", 1)]
    public void A_header_gives_the_upright_size(string file, int orientation)
    {
        ImageInfo info = ImageInfo.Read(Goldens.Path($"images/{file}"));
        (info.Width, info.Height, info.Orientation).ShouldBe((97, 61, orientation));
    }

    [Theory]
    [InlineData("empty.jpg", ImageFault.Empty, "empty")]
    [InlineData("text.png", ImageFault.NotAnImage, "not an image")]
    [InlineData("truncated.jpg", ImageFault.Truncated, "truncated")]
    [InlineData("bomb_dimensions.png", ImageFault.TooLarge, "100000×100000")]
    public void Broken_files_each_say_what_is_wrong(string file, ImageFault fault, string words)
    {
        string path = Goldens.Path($"images/{file}");
        var failure = Should.Throw<ImageContentException>(() => Image.Load(path));
        failure.Fault.ShouldBe(fault);
        failure.Message.ShouldContain(words);
        failure.Message.ShouldContain(file);
    }

    private static Image Reference() => Image.Load(Goldens.Path("images/reference.png"));

    // ITU-R 601 luma in Pillow's fixed point, in all three channels.
    private static byte[] Luma()
    {
        using Image reference = Reference();
        byte[] pixels = reference.Frame.Data.ToArray();
        for (int i = 0; i < pixels.Length; i += 3)
        {
            int luma = (pixels[i] * 19595 + pixels[i + 1] * 38470 + pixels[i + 2] * 7471 + 0x8000) >> 16;
            pixels[i] = pixels[i + 1] = pixels[i + 2] = (byte)luma;
        }

        return pixels;
    }

    private static (double Mean, int Largest) Difference(Image image, byte[] expected)
    {
        byte[] actual = image.Frame.Data.ToArray();
        actual.Length.ShouldBe(expected.Length);
        int[] differences = [.. actual.Zip(expected, (a, e) => Math.Abs(a - e))];
        return (differences.Average(), differences.Max());
    }
}
