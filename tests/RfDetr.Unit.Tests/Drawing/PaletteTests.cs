namespace RfDetr.Tests.Drawing;

public sealed class PaletteTests
{
    [Fact]
    public void Ninety_one_classes_have_ninety_one_colors()
    {
        Rgb[] colors = [.. Enumerable.Range(0, 91).Select(id => Palette.Default[id])];
        for (int i = 0; i < colors.Length; i++)
        {
            for (int j = 0; j < i; j++)
                (
                    Math.Abs(colors[i].R - colors[j].R) + Math.Abs(colors[i].G - colors[j].G) + Math.Abs(
                        colors[i].B - colors[j].B)).ShouldBeGreaterThan(9, $"classes {j} and {i}");
        }
    }

    [Fact]
    public void Generated_neighbors_differ_in_luminance_too()
    {
        for (int id = 8; id < 90; id++)
            Palette.Default[id].Contrast(Palette.Default[id + 1]).ShouldBeGreaterThan(1.15, $"classes {id} and {id + 1}");
    }

    [Fact]
    public void Any_id_has_a_color() => Palette.Default[int.MinValue].ShouldBe(Palette.Default[int.MinValue]);

    [Fact]
    public void A_palette_of_ones_own_repeats()
    {
        var palette = new Palette([Rgb.White, Rgb.Black]);
        palette[0].ShouldBe(Rgb.White);
        palette[3].ShouldBe(Rgb.Black);
        Should.Throw<ArgumentException>(() => new Palette([]));
    }

    [Fact]
    public void Text_on_any_color_meets_WCAG_AA()
    {
        for (int i = 0; i < 4096; i++)
        {
            var color = new Rgb((byte)(i % 16 * 17), (byte)(i / 16 % 16 * 17), (byte)(i / 256 * 17));
            color.Contrast(color.ReadableText).ShouldBeGreaterThanOrEqualTo(4.5);
        }

        Rgb.Black.Contrast(Rgb.White).ShouldBe(21, 1e-9);
    }
}
