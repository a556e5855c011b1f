
namespace RfDetr.Tests.Masks;

/// <summary>Random masks and logits of different characters.</summary>
internal static class Blobs
{
    public static BitMask Mask(Random random, int height, int width)
    {
        var mask = new BitMask(height, width);
        int kind = random.Next(4);
        int density = random.Next(5, 96);
        if (kind == 0) // noise
        {
            foreach (ref byte pixel in mask.Pixels)
                pixel = random.Next(100) < density ? (byte)1 : (byte)0;
            return mask;
        }

        for (int n = random.Next(1, 8); n > 0; n--) // discs that set or clear: blobs, holes, islands in holes
        {
            int cx = random.Next(width), cy = random.Next(height), r = random.Next(1, 2 + Math.Max(height, width) / (1 + n % 3));
            bool set = kind == 1 || random.Next(3) != 0;
            for (int y = 0; y < height; y++)
            {
                for (int x = 0; x < width; x++)
                {
                    if ((x - cx) * (x - cx) + (y - cy) * (y - cy) <= r * r)
                        mask[y, x] = set;
                }
            }
        }

        return mask;
    }

    public static float[] Logits(Random random, int height, int width)
    {
        var logits = new float[height * width];
        int kind = random.Next(4);
        float cx = random.NextSingle() * width, cy = random.NextSingle() * height, r = random.NextSingle() * height;
        for (int i = 0; i < logits.Length; i++)
        {
            float dx = i % width - cx, dy = i / width - cy;
            logits[i] = kind switch
            {
                0 => random.NextSingle() - 0.5f,
                1 => random.Next(3) - 1,                    // exact zeros
                2 => -1 - random.NextSingle(),              // nothing
                _ => r - MathF.Sqrt(dx * dx + dy * dy),     // a disc
            };
        }

        return logits;
    }
}
