namespace RfDetr.Tests.Images;

/// <summary>30,000 damaged files in this very process: each decodes or fails as content, and no memory stays behind.</summary>
[Collection(nameof(HostileFileTests))]
[CollectionDefinition(nameof(HostileFileTests), DisableParallelization = true)]   // it takes every core
public sealed class HostileFileTests
{
    private static readonly string[] Files =
    [
        "baseline.jpg", "progressive_420.jpg", "cmyk.jpg", "exif_6.jpg", "palette.png", "alpha.png", "gray16.png",
        "lossless.webp",
        "picture.gif", "picture.tiff", "rgb.bmp",
    ];

    private static readonly ImageLimits Limits = new() { MaxPixels = 1 << 20 };

    [Fact]
    [Trait("Duration", "Long")]
    public void Mutated_files_never_do_worse_than_a_content_error()
    {
        byte[][] seeds = [.. Files.Select(file => File.ReadAllBytes(Goldens.Path($"images/{file}"))), Avif()];
        long decoded = 0, refused = 0;
        Parallel.For(0, 30_000, i =>
        {
            byte[] mutant = Mutate(seeds[i % seeds.Length], new Random(i));
            try
            {
                using Image image = Image.Decode(mutant, Limits);
                ((long)image.Width * image.Height).ShouldBeLessThanOrEqualTo(Limits.MaxPixels);
                Interlocked.Increment(ref decoded);
            }
            catch (ImageContentException failure)
            {
                failure.Message.ShouldNotBeNullOrWhiteSpace();
                Interlocked.Increment(ref refused);
            }
        });
        (decoded + refused).ShouldBe(30_000);
        decoded.ShouldBeGreaterThan(1000);
        refused.ShouldBeGreaterThan(1000);
        NetVips.Stats.Mem.ShouldBeLessThan(16 << 20);
    }

    [Fact]
    public void Mutated_headers_are_read_or_refused()
    {
        byte[][] seeds = [.. Files.Select(file => File.ReadAllBytes(Goldens.Path($"images/{file}")))];
        int refused = 0;
        for (int i = 0; i < 2000; i++)
        {
            try
            {
                ImageInfo.Read(Mutate(seeds[i % seeds.Length], new Random(i)), Limits).Width.ShouldBeInRange(1, Limits.MaxSide);
            }
            catch (ImageContentException)
            {
                refused++;
            }
        }

        refused.ShouldBeInRange(100, 1900);
    }

    [Fact]
    public void Avif_is_read()
    {
        using Image image = Image.Decode(Avif());
        using Image reference = Image.Load(Goldens.Path("images/reference.png"));
        image.Frame.Data.ToArray().Zip(reference.Frame.Data.ToArray(), (a, b) => Math.Abs(a - b)).Average().ShouldBeLessThan(6);
    }

    private static byte[] Avif()
    {
        using Image reference = Image.Load(Goldens.Path("images/reference.png"));
        using NetVips.Image image = NetVips.Image.NewFromMemory(
            reference.Frame.Data.ToArray(), reference.Width, reference.Height, 3, NetVips.Enums.BandFormat.Uchar);
        return image.HeifsaveBuffer(q: 90, compression: NetVips.Enums.ForeignHeifCompression.Av1, effort: 0);
    }

    // Mostly the header, where sizes and offsets are; sometimes anywhere, and sometimes the end is missing.
    private static byte[] Mutate(byte[] seed, Random random)
    {
        byte[] mutant = [.. seed];
        int reach = random.Next(4) == 0 ? mutant.Length : Math.Min(mutant.Length, 200);
        for (int n = random.Next(1, 6); n > 0; n--)
        {
            int at = random.Next(reach);
            mutant[at] = random.Next(3) switch
            {
                0 => (byte)random.Next(256),
                1 => (byte)(mutant[at] ^ (1 << random.Next(8))),
                _ => (byte)(random.Next(2) * 255),
            };
        }

        return random.Next(8) == 0 ? mutant[..random.Next(mutant.Length)] : mutant;
    }
}
