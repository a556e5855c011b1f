
namespace RfDetr.Tests.Masks;

public sealed class MaskErosionTests
{
    [Fact]
    public void Keeps_the_pixels_whose_whole_square_is_mask()
    {
        var random = new Random(12);
        for (int round = 0; round < 200; round++)
        {
            BitMask mask = Blobs.Mask(random, random.Next(1, 60), random.Next(1, 60));
            int radius = random.Next(0, 9);
            BitMask eroded = MaskErosion.Erode(mask, radius);
            for (int y = 0; y < mask.Height; y++)
            {
                for (int x = 0; x < mask.Width; x++)
                    eroded[y, x].ShouldBe(AllMask(mask, y, x, radius), $"round {round}, radius {radius}, ({x}, {y})");
            }
        }
    }

    private static bool AllMask(BitMask mask, int cy, int cx, int radius)
    {
        for (int y = cy - radius; y <= cy + radius; y++)
        {
            for (int x = cx - radius; x <= cx + radius; x++)
            {
                if (x < 0 || y < 0 || x >= mask.Width || y >= mask.Height || !mask[y, x])
                    return false;
            }
        }

        return true;
    }
}
