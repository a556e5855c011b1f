namespace RfDetr.Tests.Images;

public sealed class StrokeFontTests
{
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(40)]
    public void Every_ascii_letter_has_a_shape_of_its_own(int height)
    {
        string[] shapes =
        [
            .. Enumerable.Range('!', '~' - '!' + 1).Select(c =>
                Convert.ToHexString(StrokeFont.Render(((char)c).ToString(), height).Alpha))
        ];
        shapes.Distinct().Count().ShouldBe(shapes.Length);
    }

    [Fact]
    public void Every_shape_stays_within_the_line()
    {
        for (char c = '!'; c <= '~'; c++)
        {
            GlyphBitmap glyph = StrokeFont.Render(c.ToString(), 60);
            glyph.Height.ShouldBe(60);
            glyph.Alpha.Length.ShouldBe(glyph.Width * 60);
            glyph.Alpha.Max().ShouldBe((byte)255, $"'{c}'");
            glyph.Alpha[..glyph.Width].Concat(glyph.Alpha[^glyph.Width..]).ShouldAllBe(a => a == 0, $"'{c}'");
        }
    }

    [Fact]
    public void Unknown_characters_show_a_box() =>
        StrokeFont.Render("é", 20).Alpha.ShouldBe(StrokeFont.Render("車", 20).Alpha);

    [Fact]
    public void The_cache_is_bounded()
    {
        var cache = new GlyphCache();
        for (int i = 0; i < 5000; i++)
            cache.GetOrAdd($"label {i}", 8, static (_, _) => new GlyphBitmap(1, 1, new byte[1]));
        cache.Count.ShouldBeInRange(1, 1024);
        GlyphBitmap first = cache.GetOrAdd("label 4999", 8, static (_, _) => throw new InvalidOperationException("not kept"));
        first.Width.ShouldBe(1);
    }
}
