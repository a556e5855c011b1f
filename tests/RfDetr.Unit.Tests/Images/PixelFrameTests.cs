namespace RfDetr.Tests.Images;

public sealed class PixelFrameTests
{
    [Theory]
    [InlineData(0, 4, 0)]
    [InlineData(4, 0, 0)]
    [InlineData(-1, 4, 0)]
    [InlineData(4, 4, 11)]                          // stride below a row
    [InlineData(4, 4, -12)]
    [InlineData(4, 5, 0)]                           // one row too many
    [InlineData(4, 4, 13)]
    [InlineData(int.MaxValue, int.MaxValue, 0)]
    public void Sizes_that_do_not_fit_are_refused(int width, int height, int stride) =>
        Should.Throw<ArgumentException>(() => { _ = new PixelFrame(new byte[48], width, height, stride, PixelFormat.Rgb24); });

    [Fact]
    public void The_last_row_needs_no_padding()
    {
        var frame = new PixelFrame(new byte[16 * 3 + 12], 4, 4, 16, PixelFormat.Rgb24);
        frame.Row(3).Length.ShouldBe(12);
    }

    [Fact]
    public void An_unknown_format_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => { _ = new PixelFrame(new byte[48], 4, 4, 0, (PixelFormat)99); });

    [Fact]
    public void A_crop_shows_the_rectangle()
    {
        byte[] pixels = [.. Enumerable.Range(0, 48).Select(i => (byte)i)];
        PixelFrame crop = new PixelFrame(pixels, 4, 4, 0, PixelFormat.Rgb24).Crop(1, 2, 2, 2);
        crop.Row(0).ToArray().ShouldBe([27, 28, 29, 30, 31, 32]);
        crop.Row(1).ToArray().ShouldBe([39, 40, 41, 42, 43, 44]);
    }

    [Theory]
    [InlineData(-1, 0, 1, 1)]
    [InlineData(0, 0, 5, 1)]
    [InlineData(3, 0, 2, 1)]
    [InlineData(0, 4, 1, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(1, 1, int.MaxValue, 1)]
    public void A_crop_outside_is_refused(int x, int y, int width, int height) =>
        Should.Throw<ArgumentOutOfRangeException>(() =>
            { _ = new PixelFrame(new byte[48], 4, 4, 0, PixelFormat.Rgb24).Crop(x, y, width, height); });

    [Theory]
    [InlineData(PixelFormat.Rgb24, new byte[] { 1, 2, 3 }, new byte[] { 1, 2, 3 })]
    [InlineData(PixelFormat.Bgr24, new byte[] { 1, 2, 3 }, new byte[] { 3, 2, 1 })]
    [InlineData(PixelFormat.Rgba32, new byte[] { 1, 2, 3, 4 }, new byte[] { 1, 2, 3 })]
    [InlineData(PixelFormat.Bgra32, new byte[] { 1, 2, 3, 4 }, new byte[] { 3, 2, 1 })]
    [InlineData(PixelFormat.Gray8, new byte[] { 7 }, new byte[] { 7, 7, 7 })]
    public void An_image_of_any_format_is_rgb(PixelFormat format, byte[] pixel, byte[] rgb)
    {
        using Image image = Image.FromPixels(new PixelFrame(pixel, 1, 1, 0, format));
        image.Frame.Data.ToArray().ShouldBe(rgb);
        image.Frame.Format.ShouldBe(PixelFormat.Rgb24);
    }

    [Fact]
    public void A_disposed_image_says_so()
    {
        Image image = Image.FromPixels(new PixelFrame([1], 1, 1, 0, PixelFormat.Gray8));
        image.Dispose();
        image.Dispose();
        Should.Throw<ObjectDisposedException>(() => { _ = image.Frame; });
    }
}
