
namespace RfDetr.Tests.Drawing;

/// <summary>
/// Annotated images. Labels are off or empty where pixels are compared, so that no font of the machine matters.
/// </summary>
public sealed class ImageDrawingTests
{
    private static readonly RleMask s_mask = RleMask.FromBox(30, 40, new BoxXyxy(12, 10, 20, 18));
    private static readonly Detection s_dog = new()
    {
        Box = new BoxXyxy(10, 8, 30, 20),
        Score = 0.876f,
        ClassId = 3,
        ClassName = "dog",
        Mask = s_mask,
    };

    private static readonly DrawOptions s_options = new() { LineWidth = 2, ShowLabels = false };

    [Fact]
    public void Detections_are_drawn_on_a_copy()
    {
        using Image image = Gray();
        using Image drawn = Found(s_dog).Draw(image, s_options);
        Canvas expected = Canvas.CopyOf(image.Frame);
        Painter.Draw(expected, [new Annotation(s_dog.Box, 3, "", s_dog.Mask)], s_options, null);
        drawn.Frame.Data.SequenceEqual(expected.Pixels).ShouldBeTrue();
        drawn.Frame.Data.SequenceEqual(image.Frame.Data).ShouldBeFalse();
        image.Frame.Data.ToArray().ShouldAllBe(value => value == 90);
        image.Dispose();
        drawn.Frame.Data.SequenceEqual(expected.Pixels).ShouldBeTrue();   // memory of its own
    }

    [Fact]
    public void Options_reach_the_painter_and_may_be_left_out()
    {
        using Image image = Gray();
        using Image plain = Found(s_dog with { ClassName = "" }).Draw(image);
        using Image red = Found(s_dog).Draw(image, s_options with { Palette = new Palette([new Rgb(255, 0, 0)]) });
        plain.Frame.Data.SequenceEqual(image.Frame.Data).ShouldBeFalse();
        red.Frame.Row(8)[(9 * 3)..(9 * 3 + 3)].ToArray().ShouldBe([255, 0, 0]);
    }

    [Fact]
    public void An_annotation_says_class_and_score()
    {
        Annotation annotation = s_dog.ToAnnotation();
        annotation.ShouldBe(new Annotation(s_dog.Box, 3, "dog 0.88", s_dog.Mask));
    }

    [Fact]
    public void Another_image_is_refused()
    {
        using Image image = Image.FromPixels(new PixelFrame(new byte[30 * 40 * 3], 30, 40, 0, PixelFormat.Rgb24));
        Should.Throw<ArgumentException>(() => Found(s_dog).Draw(image)).Message.ShouldSatisfyAllConditions(
            m => m.ShouldContain("40×30"), m => m.ShouldContain("30×40"));
        var mask = new Annotation(default, 0, "", RleMask.Empty(30, 40));
        Should.Throw<ArgumentException>(() => image.Draw([mask])).Message.ShouldContain("40×30");
    }

    [Fact]
    public void A_disposed_image_is_not_drawn_on()
    {
        Image image = Gray();
        image.Dispose();
        Should.Throw<ObjectDisposedException>(() => Found(s_dog).Draw(image));
    }

    [Theory]
    [InlineData(40, 40, 30)]    // fits: a copy
    [InlineData(39, 20, 15)]    // halves
    [InlineData(13, 10, 7)]     // quarters; two rows are left over
    [InlineData(1, 1, 1)]
    public void Shrinking_takes_means_of_squares(int maxSide, int width, int height)
    {
        byte[] pixels = [.. Enumerable.Range(0, 40 * 30 * 3).Select(i => (byte)(i / 3 % 40 * 2 + i % 3))];   // columns 0, 2, 4, …
        using Image image = Image.FromPixels(new PixelFrame(pixels, 40, 30, 0, PixelFormat.Rgb24));
        using Image small = image.Shrink(maxSide);
        (small.Width, small.Height).ShouldBe((width, height));
        int factor = 40 / width;
        for (int x = 0; x < width; x++)
            small.Frame.Row(height - 1)[x * 3 + 2].ShouldBe((byte)(x * factor * 2 + factor - 1 + 2));
    }

    private static Image Gray()
    {
        byte[] pixels = new byte[40 * 30 * 3];
        pixels.AsSpan().Fill(90);
        return Image.FromPixels(new PixelFrame(pixels, 40, 30, 0, PixelFormat.Rgb24));
    }

    private static Detections Found(params Detection[] items) => new() { Width = 40, Height = 30, Items = items };
}
