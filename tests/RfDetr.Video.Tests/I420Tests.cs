using RfDetr.Video;

namespace RfDetr.Tests.Video;

public sealed class I420Tests
{
    [Theory]
    [InlineData(64, 4)]
    [InlineData(16, 2)]
    [InlineData(37, 5)] // vectors, and a rest of five pixels
    [InlineData(2, 2)]
    [InlineData(1, 1)]
    [InlineData(33, 1)]
    public void Planes_are_those_of_BT_601(int width, int height)
    {
        var random = new Random(width);
        byte[] rgb = new byte[width * height * 3];
        random.NextBytes(rgb);
        byte[] frame = new byte[I420.Size(width, height)];
        frame.AsSpan().Fill(77);

        I420.FromRgb(rgb, width, height, frame);

        (int columns, int rows) = (I420.Even(width), I420.Even(height));
        for (int y = 0; y < rows; y++)
        {
            for (int x = 0; x < columns; x++)
            {
                (double r, double g, double b) = At(x, y);
                double luma = 16 + (65.481 * r + 128.553 * g + 24.966 * b) / 255;
                ((double)frame[y * columns + x]).ShouldBe(luma, 1, $"luma of {x}, {y}");
            }
        }

        int chroma = columns * rows;
        for (int y = 0; y < rows / 2; y++)
        {
            for (int x = 0; x < columns / 2; x++)
            {
                (double R, double G, double B)[] four =
                    [At(2 * x, 2 * y), At(2 * x + 1, 2 * y), At(2 * x, 2 * y + 1), At(2 * x + 1, 2 * y + 1)];
                (double r, double g, double b) = (four.Average(p => p.R), four.Average(p => p.G), four.Average(p => p.B));
                double blue = 128 + (-37.797 * r - 74.203 * g + 112 * b) / 255;
                double red = 128 + (112 * r - 93.786 * g - 18.214 * b) / 255;
                int at = chroma + y * (columns / 2) + x;
                ((double)frame[at]).ShouldBe(blue, 1.2, $"blue of {x}, {y}");
                ((double)frame[at + chroma / 4]).ShouldBe(red, 1.2, $"red of {x}, {y}");
            }
        }

        (double R, double G, double B) At(int x, int y)
        {
            int at = (Math.Min(y, height - 1) * width + Math.Min(x, width - 1)) * 3;
            return (rgb[at], rgb[at + 1], rgb[at + 2]);
        }
    }

    [Fact]
    public void Gray_has_no_color_and_black_and_white_are_the_ends_of_the_range()
    {
        byte[] frame = new byte[I420.Size(34, 2)];
        foreach (byte gray in Enumerable.Range(0, 256).Select(v => (byte)v))
        {
            byte[] rgb = new byte[34 * 2 * 3];
            rgb.AsSpan().Fill(gray);
            I420.FromRgb(rgb, 34, 2, frame);
            frame[68..].ShouldAllBe(v => v == 128);
            frame[..68].Distinct().Count().ShouldBe(1);
            if (gray is 0 or 255)
                frame[0].ShouldBe((byte)(gray == 0 ? 16 : 235));
        }
    }
}
