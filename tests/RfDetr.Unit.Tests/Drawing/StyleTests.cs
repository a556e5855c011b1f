namespace RfDetr.Tests.Drawing;

public class StyleTests
{
    private static readonly PixelRect s_box = new(20, 15, 30, 20);

    [Theory]
    [InlineData(BoxStyle.Blur)]
    [InlineData(BoxStyle.Pixelate)]
    public void What_is_inside_a_box_becomes_unrecognizable_and_nothing_outside_changes(BoxStyle style)
    {
        Canvas before = Checkers(), after = Checkers();
        Painter.Draw(after, [new Annotation(s_box.ToXyxy(), 0, "")], new DrawOptions { Style = style }, null);

        for (int y = 0; y < 50; y++)
        {
            for (int x = 0; x < 80; x++)
            {
                bool inside = x >= s_box.X && x < s_box.Right && y >= s_box.Y && y < s_box.Bottom;
                if (!inside)
                    after[x, y].ShouldBe(before[x, y], $"{x}, {y}");
            }
        }

        // Black and white squares of two pixels are gray all over.
        for (int y = s_box.Y + 2; y < s_box.Bottom - 2; y++)
        {
            for (int x = s_box.X + 2; x < s_box.Right - 2; x++)
                after[x, y].R.ShouldBeInRange((byte)60, (byte)200, $"{x}, {y}");
        }
    }

    [Fact]
    public void Labels_alone_draw_neither_boxes_nor_masks()
    {
        Canvas before = Checkers(), after = Checkers();
        var mask = RleMask.FromBox(50, 80, s_box.ToXyxy());
        Painter.Draw(after, [new Annotation(s_box.ToXyxy(), 0, "", mask)], new DrawOptions { Style = BoxStyle.Labels }, null);
        after.Pixels.SequenceEqual(before.Pixels).ShouldBeTrue();
        Painter.Draw(after, [new Annotation(s_box.ToXyxy(), 0, "", mask)], new DrawOptions { Style = BoxStyle.None }, null);
        after.Pixels.SequenceEqual(before.Pixels).ShouldBeFalse("masks are drawn without boxes");
    }

    [Fact]
    public void Regions_at_the_border_and_of_a_pixel_are_hidden_too()
    {
        foreach (BoxStyle style in (BoxStyle[])[BoxStyle.Blur, BoxStyle.Pixelate])
        {
            Canvas canvas = Checkers();
            Painter.Draw(
                canvas,
                [
                    new Annotation(new BoxXyxy(-10, -10, 200, 200), 0, ""), new Annotation(new BoxXyxy(79, 49, 80, 50), 0, ""),
                    new Annotation(new BoxXyxy(0, 10, 80, 11), 0, ""),
                ],
                new DrawOptions { Style = style }, null);
        }
    }

    [Fact]
    public void Strokes_cover_their_width_and_stay_in_the_image()
    {
        var canvas = new Canvas(40, 30);
        StrokePainter.Line(canvas, (5, 15.5), (35, 15.5), 3, Rgb.White);
        Enumerable.Range(0, 30).Count(y => canvas[20, y].R > 128).ShouldBe(3);
        canvas[20, 15].ShouldBe(Rgb.White);
        canvas[1, 15].ShouldBe(Rgb.Black);

        StrokePainter.Line(canvas, (-1e9, -1e9), (1e9, 1e9), 2, Rgb.White);
        canvas[10, 10].R.ShouldBeGreaterThan((byte)128);
        StrokePainter.Line(canvas, (double.NaN, 0), (1, 1), 2, Rgb.White);
        StrokePainter.Line(canvas, (100, 0), (100, 30), 2, Rgb.White);
        var dot = new Canvas(9, 9);
        StrokePainter.Line(dot, (4.5, 4.5), (4.5, 4.5), 3, Rgb.White);
        dot[4, 4].ShouldBe(Rgb.White);
        StrokePainter.Outline(dot, [(0.5, 0.5), (8.5, 0.5), (8.5, 8.5)], closed: true, 1, Rgb.White);
        dot[0, 0].R.ShouldBeGreaterThan((byte)0);
    }

    [Fact]
    public void A_canvas_over_pixels_of_somebody_else_changes_them()
    {
        byte[] rgb = new byte[4 * 3 * 3];
        var canvas = Canvas.Over(rgb, 4, 3);
        canvas.Fill(new PixelRect(1, 1, 1, 1), Rgb.White);
        canvas.Release();
        rgb.Count(b => b == 255).ShouldBe(3);
        Should.Throw<ArgumentException>(() => Canvas.Over(rgb, 5, 3)).Message.ShouldContain("45 bytes");
    }

    private static Canvas Checkers()
    {
        var canvas = new Canvas(80, 50);
        for (int y = 0; y < 50; y++)
        {
            for (int x = 0; x < 80; x++)
                canvas[x, y] = (x / 2 + y / 2) % 2 == 0 ? Rgb.Black : Rgb.White;
        }

        return canvas;
    }
}
