
namespace RfDetr.Tests.Images;

public sealed class EncoderTests
{
    [Theory]
    [InlineData(ImageFormat.Png)]
    [InlineData(ImageFormat.Webp)]
    public void Lossless_formats_return_every_pixel(ImageFormat format)
    {
        using Image image = Image.Load(Goldens.Path("images/reference.png"));
        byte[] encoded = image.Encode(format, new EncodeOptions { WebpLossless = true });
        using Image back = Image.Decode(encoded);
        back.Frame.Data.SequenceEqual(image.Frame.Data).ShouldBeTrue();
        ImageInfo.Read(encoded).Format.ShouldBe(format);
    }

    [Theory]
    [InlineData(ImageFormat.Jpeg)]
    [InlineData(ImageFormat.Webp)]
    public void Quality_trades_size_for_closeness(ImageFormat format)
    {
        using Image image = Image.Load(Goldens.Path("images/reference_x4.png"));
        byte[] fine = image.Encode(format, new EncodeOptions { Quality = 95 });
        byte[] coarse = image.Encode(format, new EncodeOptions { Quality = 30 });
        coarse.Length.ShouldBeLessThan(fine.Length);
        MeanError(fine, image).ShouldBeLessThan(MeanError(coarse, image));
        MeanError(fine, image).ShouldBeLessThan(4);
    }

    [Theory]
    [InlineData(PixelFormat.Rgb24)]
    [InlineData(PixelFormat.Bgr24)]
    [InlineData(PixelFormat.Rgba32)]
    [InlineData(PixelFormat.Bgra32)]
    [InlineData(PixelFormat.Gray8)]
    public void Every_layout_is_written_as_it_looks(PixelFormat format)
    {
        int bytes = format.BytesPerPixel(), stride = 5 * bytes + 3;
        var data = new byte[stride * 4];
        new Random(5).NextBytes(data);
        var frame = new PixelFrame(data, 5, 4, stride, format);
        using Image expected = Image.FromPixels(frame);
        using Image back = Image.Decode(frame.Encode(ImageFormat.Png));
        back.Frame.Data.SequenceEqual(expected.Frame.Data).ShouldBeTrue();
        frame.Encode(ImageFormat.Jpeg).Length.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("a.png", ImageFormat.Png)]
    [InlineData("b.JPG", ImageFormat.Jpeg)]
    [InlineData("c.jpeg", ImageFormat.Jpeg)]
    [InlineData("d.webp", ImageFormat.Webp)]
    public void Files_are_written_whole_by_extension(string name, ImageFormat format)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rfdetr-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, "replaced");
            new PixelFrame(new byte[300], 10, 10, 0, PixelFormat.Rgb24).Save(path);
            ImageInfo.Read(path).ShouldBe(new ImageInfo(10, 10, format, 1));
            folder.GetFiles().Length.ShouldBe(1);   // nothing temporary stays
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void What_cannot_be_written_is_refused()
    {
        var pixels = new byte[16_384 * 3];
        Should.Throw<ArgumentException>(() => Frame(1).Save("x.gif")).Message.ShouldContain(".png");
        Should.Throw<ArgumentException>(() => Frame(16_384).Encode(ImageFormat.Webp)).Message.ShouldContain("16383");
        Should.Throw<ArgumentException>(() => Frame(1).Encode(ImageFormat.Tiff));
        Should.Throw<ArgumentException>(() => Frame(1).Encode(ImageFormat.Png, new EncodeOptions { Quality = 0 }));
        PixelFrame Frame(int width) => new(pixels, width, 1, 0, PixelFormat.Rgb24);
    }

    [Fact]
    public void An_image_is_saved_and_encoded_as_its_frame_is()
    {
        using Image image = Image.Load(Goldens.Path("images/reference.png"));
        byte[] coarse = image.Frame.Encode(ImageFormat.Jpeg, new EncodeOptions { Quality = 40 });
        image.Encode(ImageFormat.Jpeg, quality: 40).ShouldBe(coarse);
        image.Encode(ImageFormat.Jpeg, quality: 40).Length.ShouldBeLessThan(image.Encode(ImageFormat.Jpeg).Length);
        using var folder = new TemporaryFolder();
        image.Save(folder["a.jpg"]);
        File.ReadAllBytes(folder["a.jpg"]).ShouldBe(image.Encode(ImageFormat.Jpeg));
        image.Save(folder["b.png"], new EncodeOptions { PngCompression = 0 });
        new FileInfo(folder["b.png"]).Length.ShouldBeGreaterThan(3 * 97 * 61);
    }

    private static double MeanError(byte[] encoded, Image original)
    {
        using Image back = Image.Decode(encoded);
        return back.Frame.Data.ToArray().Zip(original.Frame.Data.ToArray(), (a, b) => (double)Math.Abs(a - b)).Average();
    }
}
