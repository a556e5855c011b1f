
namespace RfDetr.Tests.Boxes;

public sealed class BoxTests
{
    [Fact]
    public void Center_form_becomes_corners_and_back()
    {
        var box = new BoxCxCyWh(0.5f, 0.25f, 0.5f, 0.125f);
        box.ToXyxy().ShouldBe(new BoxXyxy(0.25f, 0.1875f, 0.75f, 0.3125f));
        box.ToXyxy().ToCxCyWh().ShouldBe(box);
        box.ToPixels(640, 480).ShouldBe(new BoxXyxy(160, 90, 480, 150));
    }

    [Fact]
    public void Negative_sizes_count_as_zero() =>
        new BoxCxCyWh(0.5f, 0.5f, -0.2f, -1).ToXyxy().ShouldBe(new BoxXyxy(0.5f, 0.5f, 0.5f, 0.5f));

    [Fact]
    public void Clamp_keeps_the_box_in_the_image() =>
        new BoxXyxy(-3, 5, 700, 490.5f).Clamp(640, 480).ShouldBe(new BoxXyxy(0, 5, 640, 480));

    [Theory]
    [InlineData(0, 0, 2, 2, 1f / 7)]    // overlap 1 of 4 + 4 − 1
    [InlineData(1, 1, 3, 3, 1f)]
    [InlineData(3, 3, 5, 5, 0f)]        // they touch at a corner only
    [InlineData(1, 1, 1, 1, 0f)]        // empty
    [InlineData(3, 3, 1, 1, 0f)]        // inside out
    public void IoU_of_a_known_pair(float x1, float y1, float x2, float y2, float expected)
    {
        var box = new BoxXyxy(1, 1, 3, 3);
        box.IoU(new BoxXyxy(x1, y1, x2, y2)).ShouldBe(expected);
        new BoxXyxy(x1, y1, x2, y2).IoU(box).ShouldBe(expected);
    }

    [Fact]
    public void IoU_of_two_empty_boxes_is_zero_not_NaN() => default(BoxXyxy).IoU(default).ShouldBe(0);

    [Fact]
    public void Pixel_rectangle_rounds_outwards_and_stays_inside()
    {
        new BoxXyxy(1.2f, 2, 3.01f, 4).ToPixelRect(10, 10).ShouldBe(new PixelRect(1, 2, 3, 2));
        new BoxXyxy(-5, -5, 50, 0.5f).ToPixelRect(10, 10).ShouldBe(new PixelRect(0, 0, 10, 1));
        new BoxXyxy(20, 20, 30, 30).ToPixelRect(10, 10).IsEmpty.ShouldBeTrue();
        new BoxXyxy(float.NaN, 0, 3, 3).ToPixelRect(10, 10).IsEmpty.ShouldBeTrue();
    }
}
