namespace RfDetr.Tests.Drawing;

public sealed class PainterTests
{
    private static readonly Rgb s_red = new(200, 10, 20);
    private static readonly DrawOptions s_thin = new() { LineWidth = 2, ShowLabels = false };

    [Fact]
    public void A_box_is_a_line_around_its_edges()
    {
        var canvas = new Canvas(40, 30);
        Painter.Draw(canvas, [Box(10, 8, 30, 20)], s_thin, null);
        for (int y = 0; y < 30; y++)
        {
            for (int x = 0; x < 40; x++)
            {
                bool outer = x is >= 9 and < 31 && y is >= 7 and < 21, inner = x is >= 11 and < 29 && y is >= 9 and < 19;
                canvas[x, y].ShouldBe(outer && !inner ? s_red : Rgb.Black, $"({x}, {y})");
            }
        }
    }

    [Fact]
    public void Edges_between_pixels_are_mixed()
    {
        var canvas = new Canvas(20, 20);
        Painter.Draw(canvas, [Box(5.5f, 5, 15, 15)], s_thin, null); // left line covers 4.5 .. 6.5
        canvas[4, 10].R.ShouldBe((byte)100);
        canvas[5, 10].ShouldBe(s_red);
        canvas[6, 10].R.ShouldBe((byte)100);
        canvas[7, 10].ShouldBe(Rgb.Black);
    }

    [Fact]
    public void Corners_leave_the_middle_of_the_sides_open()
    {
        var canvas = new Canvas(100, 100);
        Painter.Draw(canvas, [Box(10, 10, 90, 90)], s_thin with { Style = BoxStyle.Corners }, null);
        canvas[10, 10].ShouldBe(s_red);
        canvas[22, 10].ShouldBe(s_red);
        canvas[10, 22].ShouldBe(s_red);
        canvas[89, 80].ShouldBe(s_red);
        canvas[50, 10].ShouldBe(Rgb.Black);
        canvas[10, 50].ShouldBe(Rgb.Black);
    }

    [Fact]
    public void Boxes_reaching_beyond_the_image_close_at_its_border()
    {
        var canvas = new Canvas(20, 20);
        Painter.Draw(canvas, [Box(-50, -50, 10, 10)], s_thin, null);
        canvas[0, 5].ShouldBe(s_red);
        canvas[5, 0].ShouldBe(s_red);
        canvas[9, 5].ShouldBe(s_red);
        canvas[5, 5].ShouldBe(Rgb.Black);
        canvas[15, 15].ShouldBe(Rgb.Black);
    }

    [Fact]
    public void Any_box_can_be_drawn()
    {
        var random = new Random(9);
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, -1e30f, 0, 20];
        var text = new BlockText();
        for (int round = 0; round < 500; round++)
        {
            var canvas = new Canvas(random.Next(1, 60), random.Next(1, 60));
            float Edge() =>
                random.Next(4) == 0 ? special[random.Next(special.Length)] : random.Next(-40, 100) + random.NextSingle();
            var options = new DrawOptions
            {
                Style = (BoxStyle)random.Next(3),
                LineWidth = random.Next(1, 80) / 4f,
                TextHeight = random.Next(4, 30)
            };
            Painter.Draw(
                canvas, [new Annotation(new BoxXyxy(Edge(), Edge(), Edge(), Edge()), random.Next(), "label")], options, text);
        }

        text.Rendered.ShouldNotBeEmpty();
    }

    [Fact]
    public void Boxes_that_are_outside_or_no_numbers_leave_no_trace()
    {
        var canvas = new Canvas(20, 20);
        var text = new BlockText();
        Painter.Draw(
            canvas, [Box(30, 30, 40, 40, "a"), Box(float.NaN, 1, 5, 5, "b"), Box(8, 8, 8, 12, "c")], new DrawOptions(), text);
        canvas.Pixels.ToArray().ShouldAllBe(value => value == 0);
        text.Rendered.ShouldBeEmpty();
    }

    [Fact]
    public void Masks_are_tinted_and_outlined()
    {
        var canvas = new Canvas(30, 20);
        canvas.Pixels.Fill(100);
        RleMask mask = RleMask.FromBox(20, 30, new BoxXyxy(5, 5, 25, 15));
        var options = new DrawOptions { Style = BoxStyle.None, ShowLabels = false, LineWidth = 2, MaskOpacity = 0.5f };
        Painter.Draw(canvas, [new Annotation(default, 0, "", mask, s_red)], options, null);
        canvas[4, 10].ShouldBe(new Rgb(100, 100, 100));
        canvas[5, 10].ShouldBe(s_red);
        canvas[6, 10].ShouldBe(s_red);
        canvas[7, 10].ShouldBe(new Rgb(150, 55, 60));
        canvas[15, 6].ShouldBe(s_red);
        canvas[15, 7].ShouldBe(new Rgb(150, 55, 60));
        canvas[24, 14].ShouldBe(s_red);
        canvas[25, 14].ShouldBe(new Rgb(100, 100, 100));

        canvas.Pixels.Clear();
        Painter.Draw(
            canvas, [new Annotation(default, 0, "", mask, s_red)], options with { Contours = false, MaskOpacity = 0 }, null);
        canvas.Pixels.ToArray().ShouldAllBe(value => value == 0);
    }

    [Fact]
    public void Earlier_annotations_lie_on_top()
    {
        var canvas = new Canvas(20, 20);
        Painter.Draw(canvas, [Box(5, 5, 15, 15), Box(5, 5, 15, 15) with { Color = Rgb.White }], s_thin, null);
        canvas[5, 5].ShouldBe(s_red);
    }

    [Fact]
    public void A_label_is_readable_text_on_a_plate_above_its_box()
    {
        var canvas = new Canvas(100, 100);
        Painter.Draw(
            canvas, [Box(20, 50, 80, 90, "ab")], s_thin with { ShowLabels = true, TextHeight = 8, Style = BoxStyle.None },
            new BlockText());
        // Text 8×8, padding 2 and 1: the plate is 12×10 and ends at the box's top.
        canvas[20, 40].ShouldBe(s_red);
        canvas[31, 49].ShouldBe(s_red);
        canvas[22, 41].ShouldBe(Rgb.White);
        canvas[29, 48].ShouldBe(Rgb.White);
        canvas[20, 39].ShouldBe(Rgb.Black);
        canvas[32, 45].ShouldBe(Rgb.Black);
        canvas[25, 50].ShouldBe(Rgb.Black);
    }

    [Fact]
    public void Mistakes_name_the_thing()
    {
        var canvas = new Canvas(20, 10);
        Should.Throw<ArgumentException>(() =>
            Painter.Draw(canvas, [new Annotation(default, 0, "", RleMask.Empty(20, 10))], s_thin, null))
            .Message.ShouldContain("10×20");
        Should.Throw<ArgumentException>(() =>
            Painter.Draw(canvas, [Box(1, 1, 5, 5, "cat")], new DrawOptions(), null)).Message.ShouldContain("'cat'");
        Should.Throw<ArgumentOutOfRangeException>(() => new DrawOptions { MaskOpacity = 2 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DrawOptions { LineWidth = 0 });
        Should.Throw<ArgumentOutOfRangeException>(() => new DrawOptions { TextHeight = 0 });
        Should.Throw<ArgumentException>(() => new GlyphBitmap(3, 3, new byte[8])).Message.ShouldContain("needs 9");
        Should.Throw<ArgumentException>(() => new Canvas(0, 3));
        Should.Throw<ArgumentException>(() => new Canvas(40_000, 40_000)).Message.ShouldContain("40000×40000");
    }

    [Fact]
    public void Sizes_follow_the_image()
    {
        var options = new DrawOptions();
        (options.LineWidthFor(1280, 720), options.TextHeightFor(1280, 720)).ShouldBe((3f, 21));
        (options.LineWidthFor(3840, 2160), options.TextHeightFor(3840, 2160)).ShouldBe((10f, 63));
        (options.LineWidthFor(32, 32), options.TextHeightFor(32, 32)).ShouldBe((1f, 10));
    }

    [Fact]
    public void An_image_with_padded_rows_is_copied()
    {
        Canvas canvas = Canvas.CopyOf(new PixelFrame([1, 2, 3, 4, 5, 6, 99, 7, 8, 9, 10, 11, 12], 2, 2, 7, PixelFormat.Rgb24));
        using Image image = canvas.ToImage();
        image.Frame.Data.ToArray().ShouldBe([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    }

    private static Annotation Box(float x1, float y1, float x2, float y2, string label = "") =>
        new(new BoxXyxy(x1, y1, x2, y2), 0, label, Color: s_red);
}
