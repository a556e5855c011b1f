using RfDetr.Training;

namespace RfDetr.Tests.Augmentation;

public class ColorTests
{
    [Fact]
    public void No_change_is_no_change() => Colors.Adjust(Samples.Make(1), 1, 1, 1, 0).ShouldBe(Samples.Make(1));

    [Fact]
    public void Brightness_and_contrast_do_what_they_say()
    {
        Sample gray = Flat(100, 100, 100);

        Colors.Adjust(gray, 1.5, 1, 1, 0).Rgb[0].ShouldBe((byte)150);
        Colors.Adjust(gray, 1, 0.5, 1, 0).Rgb[0].ShouldBe((byte)114);
        Colors.Adjust(gray, 3, 1, 1, 0).Rgb[0].ShouldBe((byte)255);
    }

    [Fact]
    public void Without_saturation_a_color_is_its_luma()
    {
        byte[] rgb = Colors.Adjust(Flat(200, 50, 10), 1, 1, 0, 0).Rgb;

        rgb[..3].ShouldBe([90, 90, 90]); // 0.299·200 + 0.587·50 + 0.114·10
    }

    [Fact]
    public void Grays_have_no_hue() =>
        Colors.Adjust(Flat(77, 77, 77), 1, 1, 1.3, 40).Rgb[..3].ShouldAllBe(v => Math.Abs(v - 77) <= 1);

    [Fact]
    public void Noise_has_the_deviation_asked_for()
    {
        byte[] rgb = Colors.Noise(Flat(128, 128, 128), 10, new SampleRandom(1)).Rgb;

        rgb.Average(v => (double)v).ShouldBe(128, 0.3);
        Math.Sqrt(rgb.Average(v => (v - 128.0) * (v - 128.0))).ShouldBe(10, 0.3);
    }

    [Fact]
    public void A_blur_leaves_a_flat_image_and_spreads_a_point()
    {
        Blur.Gaussian(Flat(255, 17, 3), 1.5).Rgb.ShouldBe(Flat(255, 17, 3).Rgb);
        byte[] point = new byte[3 * 21 * 21];
        point[3 * (10 * 21 + 10)] = 200;

        byte[] blurred = Blur.Gaussian(new Sample(point, 21, 21, []), 1).Rgb;

        int At(int x, int y) => blurred[3 * (y * 21 + x)];
        At(10, 10).ShouldBeInRange(31, 33); // 200 / 2π
        (At(9, 10), At(10, 9), At(11, 10)).ShouldBe((At(10, 11), At(10, 11), At(10, 11)));
        At(9, 10).ShouldBeInRange(18, 20);
    }

    private static Sample Flat(byte red, byte green, byte blue) =>
        new([.. Enumerable.Range(0, 40 * 30).SelectMany(_ => new[] { red, green, blue })], 40, 30, []);
}
