using RfDetr.Vision;

namespace RfDetr.Tests.Pictures;

public sealed class EncoderTests
{
    [Theory]
    [InlineData(PictureFormat.Png)]
    [InlineData(PictureFormat.Webp)]
    public void Lossless_formats_return_every_pixel(PictureFormat format)
    {
        using Picture picture = Picture.Load(Goldens.Path("images/reference.png"));
        byte[] encoded = PictureEncoder.Encode(picture.Frame, format, new EncodeOptions { WebpLossless = true });
        using Picture back = Picture.Decode(encoded);
        back.Frame.Data.SequenceEqual(picture.Frame.Data).ShouldBeTrue();
        PictureInfo.Read(encoded).Format.ShouldBe(format);
    }

    [Theory]
    [InlineData(PictureFormat.Jpeg)]
    [InlineData(PictureFormat.Webp)]
    public void Quality_trades_size_for_closeness(PictureFormat format)
    {
        using Picture picture = Picture.Load(Goldens.Path("images/reference_x4.png"));
        byte[] fine = PictureEncoder.Encode(picture.Frame, format, new EncodeOptions { Quality = 95 });
        byte[] coarse = PictureEncoder.Encode(picture.Frame, format, new EncodeOptions { Quality = 30 });
        coarse.Length.ShouldBeLessThan(fine.Length);
        MeanError(fine, picture).ShouldBeLessThan(MeanError(coarse, picture));
        MeanError(fine, picture).ShouldBeLessThan(4);
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
        using Picture expected = Picture.FromPixels(frame);
        using Picture back = Picture.Decode(PictureEncoder.Encode(frame, PictureFormat.Png));
        back.Frame.Data.SequenceEqual(expected.Frame.Data).ShouldBeTrue();
        PictureEncoder.Encode(frame, PictureFormat.Jpeg).Length.ShouldBeGreaterThan(100);
    }

    [Theory]
    [InlineData("a.png", PictureFormat.Png)]
    [InlineData("b.JPG", PictureFormat.Jpeg)]
    [InlineData("c.jpeg", PictureFormat.Jpeg)]
    [InlineData("d.webp", PictureFormat.Webp)]
    public void Files_are_written_whole_by_extension(string name, PictureFormat format)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("rfdetr-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            File.WriteAllText(path, "replaced");
            PictureEncoder.Save(new PixelFrame(new byte[300], 10, 10, 0, PixelFormat.Rgb24), path);
            PictureInfo.Read(path).ShouldBe(new PictureInfo(10, 10, format, 1));
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
        Should.Throw<ArgumentException>(() => PictureEncoder.Save(new PixelFrame(pixels, 1, 1, 0, PixelFormat.Rgb24), "x.gif")).Message.ShouldContain(".png");
        Should.Throw<ArgumentException>(() => PictureEncoder.Encode(new PixelFrame(pixels, 16_384, 1, 0, PixelFormat.Rgb24), PictureFormat.Webp)).Message.ShouldContain("16383");
        Should.Throw<ArgumentException>(() => PictureEncoder.Encode(new PixelFrame(pixels, 1, 1, 0, PixelFormat.Rgb24), PictureFormat.Tiff));
        Should.Throw<ArgumentException>(() => PictureEncoder.Encode(new PixelFrame(pixels, 1, 1, 0, PixelFormat.Rgb24), PictureFormat.Png, new EncodeOptions { Quality = 0 }));
    }

    private static double MeanError(byte[] encoded, Picture original)
    {
        using Picture back = Picture.Decode(encoded);
        return back.Frame.Data.ToArray().Zip(original.Frame.Data.ToArray(), (a, b) => (double)Math.Abs(a - b)).Average();
    }
}
