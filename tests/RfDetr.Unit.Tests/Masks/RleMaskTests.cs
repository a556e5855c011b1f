namespace RfDetr.Tests.Masks;

public sealed class RleMaskTests
{
    [Fact]
    public void Runs_go_down_the_columns()
    {
        var mask = new BitMask(3, 2);
        mask[1, 0] = mask[2, 0] = mask[0, 1] = true; // one run over the column's end
        RleMask rle = RleMask.Encode(mask);
        rle.Counts.ToArray().ShouldBe([1u, 3u, 2u]);
        rle.Area.ShouldBe(3);
        rle.BoundingBox.ShouldBe(new PixelRect(0, 0, 2, 3));
        mask[0, 0] = true;
        RleMask.Encode(mask).Counts.ToArray().ShouldBe([0u, 4u, 2u]);
    }

    [Fact]
    public void Everything_survives_encoding_text_and_sets()
    {
        var random = new Random(1);
        for (int round = 0; round < 400; round++)
        {
            int height = random.Next(1, 40), width = random.Next(1, 40);
            BitMask a = Blobs.Mask(random, height, width), b = Blobs.Mask(random, height, width);
            RleMask rleA = RleMask.Encode(a), rleB = RleMask.Encode(b);

            rleA.Decode().Pixels.ToArray().ShouldBe(a.Pixels.ToArray());
            rleA.Area.ShouldBe(a.Pixels.ToArray().Sum(pixel => pixel));
            rleA.BoundingBox.ShouldBe(Bounds(a));
            RleMask.Parse(height, width, rleA.ToCompressedString()).ShouldBe(rleA);
            RleMask.FromCounts(height, width, [.. rleA.Counts.ToArray().Select(run => (long)run)]).ShouldBe(rleA);

            rleA.Union(rleB).ShouldBe(Naive(a, b, (p, q) => p | q));
            rleA.Intersect(rleB).ShouldBe(Naive(a, b, (p, q) => p & q));
            rleA.Subtract(rleB).ShouldBe(Naive(a, b, (p, q) => p & ~q & 1));
            long both = rleA.Intersect(rleB).Area, either = rleA.Union(rleB).Area;
            rleA.IntersectionArea(rleB).ShouldBe(both);
            rleA.IoU(rleB).ShouldBe(both == 0 ? 0 : (double)both / either);
            rleA.IoU(rleB, groundTruthIsCrowd: true).ShouldBe(both == 0 ? 0 : (double)both / rleA.Area);

            PixelRect window = new PixelRect(
                random.Next(width), random.Next(height), random.Next(1, 40), random.Next(1, 40))
                .Intersect(new PixelRect(0, 0, width, height));
            BitMask part = rleA.Decode(window);
            for (int y = 0; y < window.Height; y++)
                part.Row(y).ToArray().ShouldBe(a.Row(window.Y + y).Slice(window.X, window.Width).ToArray());
        }
    }

    [Fact]
    public void Known_strings_of_pycocotools()
    {
        // Six pixels, all background; the same, all mask; a long run needs two characters.
        RleMask.Empty(2, 3).ToCompressedString().ShouldBe("6");
        RleMask.FromCounts(2, 3, [0, 6]).ToCompressedString().ShouldBe("06");
        RleMask.Parse(10, 10, RleMask.FromCounts(10, 10, [40, 60]).ToCompressedString()).Counts.ToArray().ShouldBe([40u, 60u]);
    }

    [Fact]
    public void Runs_of_length_zero_merge()
    {
        RleMask.FromCounts(2, 3, [1, 0, 1, 2, 0, 0, 2, 0]).Counts.ToArray().ShouldBe([2u, 2u, 2u]);
        RleMask.FromCounts(2, 3, [0, 0, 6]).ShouldBe(RleMask.Empty(2, 3));
    }

    [Theory]
    [InlineData(2, 3, "")]
    [InlineData(2, 3, "5")]             // too few pixels
    [InlineData(2, 3, "7")]             // too many
    [InlineData(2, 3, "V")]             // ends within a number
    [InlineData(2, 3, "!")]             // below '0'
    [InlineData(2, 3, "oooooooo0")]     // more than 35 bits
    [InlineData(2, 3, "O")]             // −1
    [InlineData(0, 3, "0")]
    [InlineData(-1, -3, "3")]
    [InlineData(100000, 100000, "0")]
    public void Malformed_text_is_refused(int height, int width, string text) =>
        Should.Throw<AnnotationFormatException>(() => RleMask.Parse(height, width, text));

    [Fact]
    public void Malformed_counts_are_refused()
    {
        Should.Throw<AnnotationFormatException>(() => RleMask.FromCounts(2, 3, [7])).Message.ShouldContain("7 long");
        Should.Throw<AnnotationFormatException>(() => RleMask.FromCounts(2, 3, [2, 3])).Message.ShouldContain("add up to 5");
        Should.Throw<AnnotationFormatException>(() => RleMask.FromCounts(2, 3, [-1, 7]));
        Should.Throw<AnnotationFormatException>(() => RleMask.FromCounts(2, 3, [3, long.MaxValue, 3]));
    }

    [Fact]
    public void Mutated_text_gives_a_mask_or_the_right_exception()
    {
        var random = new Random(20);
        int accepted = 0;
        for (int round = 0; round < 20_000; round++)
        {
            int height = random.Next(1, 30), width = random.Next(1, 30);
            var text = RleMask.Encode(Blobs.Mask(random, height, width)).ToCompressedString().ToList();
            for (int n = random.Next(1, 4); n > 0; n--)
            {
                int at = random.Next(text.Count + 1);
                char character = (char)(random.Next(10) == 0 ? random.Next(0x10000) : random.Next(44, 116));
                if (at == text.Count || random.Next(3) == 0)
                    text.Insert(at, character);
                else if (random.Next(2) == 0)
                    text[at] = character;
                else if (text.Count > 1)
                    text.RemoveAt(at);
            }

            try
            {
                RleMask mask = RleMask.Parse(height, width, text.ToArray());
                RleMask.Encode(mask.Decode()).ShouldBe(mask);
                accepted++;
            }
            catch (AnnotationFormatException)
            {
                // What a malformed string must give; anything else fails the test.
            }
        }

        accepted.ShouldBeInRange(1, 10_000);
    }

    [Fact]
    public void Masks_of_different_images_do_not_combine() =>
        Should.Throw<ArgumentException>(() => RleMask.Empty(2, 3).IoU(RleMask.Empty(3, 2))).Message.ShouldContain("2×3 and 3×2");

    private static RleMask Naive(BitMask a, BitMask b, Func<int, int, int> rule)
    {
        var result = new BitMask(a.Height, a.Width);
        for (int i = 0; i < a.Pixels.Length; i++)
            result.Pixels[i] = (byte)rule(a.Pixels[i], b.Pixels[i]);
        return RleMask.Encode(result);
    }

    private static PixelRect Bounds(BitMask mask)
    {
        var set = Enumerable.Range(0, mask.Pixels.Length)
            .Where(i => mask.Pixels[i] != 0).Select(i => (X: i % mask.Width, Y: i / mask.Width)).ToList();
        if (set.Count == 0)
            return default;
        int x = set.Min(p => p.X), y = set.Min(p => p.Y);
        return new PixelRect(x, y, set.Max(p => p.X) - x + 1, set.Max(p => p.Y) - y + 1);
    }
}
