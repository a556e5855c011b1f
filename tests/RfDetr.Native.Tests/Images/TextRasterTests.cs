namespace RfDetr.Tests.Images;

public sealed class TextRasterTests
{
    [Theory]
    [InlineData("person 0.93")]
    [InlineData("<b>&amp;</b> \"quoted\" 'it'")]
    [InlineData("two\nlines\0and a nul")]
    [InlineData("Ä車\uFFFF\uD800")]
    public void Any_text_renders_with_ink(string text)
    {
        GlyphBitmap line = TextRaster.Render(text, 20);
        line.Height.ShouldBe(20);
        line.Alpha.Length.ShouldBe(line.Width * 20);
        line.Alpha.Count(a => a > 128).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Markup_is_text() =>
        TextRaster.Render("<i>a</i>", 20).Width.ShouldBeGreaterThan(3 * TextRaster.Render("a", 20).Width);

    [Fact]
    public void Letters_keep_their_place_on_the_line()
    {
        GlyphBitmap low = TextRaster.Render("_", 40), high = TextRaster.Render("\"", 40);
        FirstInk(low).ShouldBeGreaterThan(25);
        FirstInk(high).ShouldBeLessThan(15);
    }

    [Fact]
    public void Blank_text_has_a_width_and_no_ink() =>
        TextRaster.Render("  ", 20).ShouldSatisfyAllConditions(
            line => line.Width.ShouldBe(10), line => line.Alpha.ShouldAllBe(a => a == 0));

    [Fact]
    public void The_same_word_is_set_once() => TextRaster.Render("dog", 18).ShouldBeSameAs(TextRaster.Render("dog", 18));

    [Fact]
    public void A_line_is_its_words_side_by_side()
    {
        string[] words = ["#12", "traffic", "light", "87%"];
        GlyphBitmap line = TextRaster.Render(string.Join(' ', words), 20);
        line.Alpha.Sum(a => a).ShouldBe(words.Sum(w => TextRaster.Render(w, 20).Alpha.Sum(a => a)));
        line.Width.ShouldBeInRange(
            words.Sum(w => TextRaster.Render(w, 20).Width) + 9, words.Sum(w => TextRaster.Render(w, 20).Width) + 24);
    }

    [Fact]
    public void Heights_and_lengths_are_bounded()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => TextRaster.Render("a", 3));
        Should.Throw<ArgumentException>(() => TextRaster.Render(new string('a', 513), 20)).Message.ShouldContain("513");
    }

    private static int FirstInk(GlyphBitmap line) => Array.FindIndex(line.Alpha, a => a > 64) / line.Width;
}
