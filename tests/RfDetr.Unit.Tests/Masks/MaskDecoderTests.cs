namespace RfDetr.Tests.Masks;

public sealed class MaskDecoderTests
{
    [Fact]
    public void Equals_upsampling_every_pixel_for_any_sizes()
    {
        var random = new Random(5);
        for (int round = 0; round < 600; round++)
        {
            int height = random.Next(1, 140), width = random.Next(1, 40);
            int imageHeight = random.Next(1, 150), imageWidth = random.Next(1, 90);
            float[] logits = Blobs.Logits(random, height, width);
            PixelRect? within = random.Next(2) == 0
                ? null
                : new BoxXyxy(
                    random.Next(-5, imageWidth), random.Next(-5, imageHeight), random.Next(imageWidth + 5),
                    random.Next(imageHeight + 5)).ToPixelRect(imageWidth, imageHeight);
            RleMask mask = new MaskDecoder(height, width, imageHeight, imageWidth).Decode(logits, within);
            RleMask expected = RleMask.Encode(MaskOracle.Decode(logits, height, width, imageHeight, imageWidth, within));
            mask.ShouldBe(expected, $"round {round}: {height}×{width} → {imageHeight}×{imageWidth} within {within}");
        }
    }

    [Fact]
    public void Window_is_the_intersection_with_the_whole()
    {
        var random = new Random(6);
        float[] logits = Blobs.Logits(random, 27, 27);
        var decoder = new MaskDecoder(27, 27, 100, 120);
        var box = new PixelRect(20, 10, 50, 60);
        RleMask inBox = RleMask.FromBox(100, 120, box.ToXyxy());
        decoder.Decode(logits, box).ShouldBe(decoder.Decode(logits).Intersect(inBox));
        decoder.Decode(logits, new PixelRect(-50, -50, 1000, 1000)).ShouldBe(decoder.Decode(logits));
        decoder.Decode(logits, default(PixelRect)).Area.ShouldBe(0);
    }

    [Fact]
    public void Values_that_are_not_numbers_count_as_background()
    {
        float[] logits = [.. Enumerable.Repeat(1f, 64)];
        logits[27] = float.NaN;
        logits[3] = float.NegativeInfinity;
        logits[60] = float.PositiveInfinity;
        RleMask mask = new MaskDecoder(8, 8, 64, 64).Decode(logits);
        mask.Decode()[28, 28].ShouldBeFalse();
        mask.Area.ShouldBeInRange(1, 64 * 64 - 1);
        new MaskDecoder(8, 8, 64, 64).Decode([.. Enumerable.Repeat(float.NaN, 64)]).Area.ShouldBe(0);
    }

    [Fact]
    public void Extremes_fill_everything_or_nothing()
    {
        var decoder = new MaskDecoder(5, 7, 50, 70);
        decoder.Decode([.. Enumerable.Repeat(0.5f, 35)]).Area.ShouldBe(3500);
        decoder.Decode(new float[35]).Area.ShouldBe(0); // 0 is not greater than 0
    }

    [Fact]
    public void Wrong_sizes_name_both_values()
    {
        Should.Throw<ArgumentException>(() =>
            new MaskDecoder(8, 8, 10, 10).Decode(new float[63])).Message.ShouldContain("63 mask logits");
        Should.Throw<ArgumentException>(() => new MaskDecoder(8, 0, 10, 10)).Message.ShouldContain("8×0");
        Should.Throw<ArgumentException>(() => new MaskDecoder(8, 8, 1 << 20, 1 << 20));
    }

    [Fact]
    public void One_decoder_serves_many_threads()
    {
        var random = new Random(8);
        var decoder = new MaskDecoder(54, 54, 200, 300);
        float[][] logits = [.. Enumerable.Range(0, 32).Select(_ => Blobs.Logits(random, 54, 54))];
        RleMask[] serial = [.. logits.Select(one => decoder.Decode(one))];
        var parallel = new RleMask[logits.Length];
        Parallel.For(0, logits.Length, i => parallel[i] = decoder.Decode(logits[i]));
        parallel.ShouldBe(serial);
    }
}
