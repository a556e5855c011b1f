namespace RfDetr.Tests.Images;

public sealed class PreprocessorTests
{
    public static TheoryData<int, int, int, int, ResizeRule> Sizes()
    {
        var data = new TheoryData<int, int, int, int, ResizeRule>();
        foreach (ResizeRule rule in Enum.GetValues<ResizeRule>())
        {
            foreach ((int w, int h, int tw, int th) in ((int, int, int, int)[])[
                (1, 1, 1, 1), (1, 1, 5, 7), (2, 3, 1, 1), (9, 5, 9, 5), (13, 7, 6, 3), (97, 61, 33, 31), (200, 3, 7, 64),
                (3, 200, 130, 2), (1000, 10, 1, 3)])
                data.Add(w, h, tw, th, rule);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Agrees_with_the_plain_formula(int width, int height, int targetWidth, int targetHeight, ResizeRule rule)
    {
        byte[] pixels = Noise(width * height * 3);
        float[] actual =
            Run(new PixelFrame(pixels, width, height, 0, PixelFormat.Rgb24), targetWidth, targetHeight, rule, Normalization.None);
        for (int c = 0; c < 3; c++)
        {
            for (int y = 0; y < targetHeight; y++)
            {
                for (int x = 0; x < targetWidth; x++)
                {
                    double expected = 0;
                    foreach ((int sy, double wy) in Weights(height, targetHeight, y, rule))
                        expected += Weights(width, targetWidth, x, rule).Sum(t =>
                            t.Weight * wy * pixels[(sy * width + t.Index) * 3 + c] / 255.0);
                    actual[(c * targetHeight + y) * targetWidth + x].ShouldBe(
                        (float)expected, 2e-6f, $"channel {c} at ({x}, {y})");
                }
            }
        }
    }

    [Theory]
    [InlineData(ResizeRule.Bilinear)]
    [InlineData(ResizeRule.BilinearAntialias)]
    public void Every_layout_of_the_same_pixels_gives_the_same_input(ResizeRule rule)
    {
        const int Width = 53, Height = 37;
        byte[] rgb = Noise(Width * Height * 3);
        float[] expected = Run(new PixelFrame(rgb, Width, Height, 0, PixelFormat.Rgb24), 24, 20, rule);
        foreach (
            PixelFormat format in (PixelFormat[])[PixelFormat.Rgb24, PixelFormat.Bgr24, PixelFormat.Rgba32, PixelFormat.Bgra32])
        {
            foreach (int padding in (int[])[0, 1, 29])
            {
                (byte[] data, int stride) = Lay(rgb, Width, Height, format, padding);
                Run(
                    new PixelFrame(data, Width, Height, stride, format), 24, 20, rule)
                    .ShouldBe(expected, $"{format}, {padding} bytes of padding");
            }
        }
    }

    [Theory]
    [InlineData(ResizeRule.Bilinear)]
    [InlineData(ResizeRule.BilinearAntialias)]
    public void Gray_is_the_same_as_equal_channels(ResizeRule rule)
    {
        byte[] gray = Noise(31 * 17);
        byte[] rgb = [.. gray.SelectMany(g => (byte[])[g, g, g])];
        float[] expected = Run(new PixelFrame(rgb, 31, 17, 0, PixelFormat.Rgb24), 10, 9, rule);
        float[] actual = Run(new PixelFrame(gray, 31, 17, 0, PixelFormat.Gray8), 10, 9, rule);
        actual.Zip(expected, (a, e) => MathF.Abs(a - e)).Max().ShouldBeLessThan(2e-6f);
    }

    [Fact]
    public void A_region_is_resized_as_if_it_were_the_image()
    {
        byte[] rgb = Noise(40 * 30 * 3);
        PixelFrame region = new PixelFrame(rgb, 40, 30, 0, PixelFormat.Rgb24).Crop(11, 7, 23, 19);
        byte[] copy = [.. Enumerable.Range(0, 19).SelectMany(y => rgb.AsSpan(((7 + y) * 40 + 11) * 3, 69).ToArray())];
        Run(region, 8, 12, ResizeRule.BilinearAntialias)
            .ShouldBe(Run(new PixelFrame(copy, 23, 19, 0, PixelFormat.Rgb24), 8, 12, ResizeRule.BilinearAntialias));
    }

    [Fact]
    public void Normalizes_with_ImageNet_by_default()
    {
        float[] planes = Run(new PixelFrame([255, 0, 51], 1, 1, 0, PixelFormat.Rgb24), 1, 1, ResizeRule.Bilinear);
        planes[0].ShouldBe((1 - 0.485f) / 0.229f, 1e-6f);
        planes[1].ShouldBe(-0.456f / 0.224f, 1e-6f);
        planes[2].ShouldBe((0.2f - 0.406f) / 0.225f, 1e-6f);
    }

    [Fact]
    public void Writes_nothing_beyond_its_planes()
    {
        var planes = new float[3 * 5 * 3 + 8];
        planes.AsSpan().Fill(float.NaN);
        Preprocessor.Run(new PixelFrame(Noise(300), 10, 10, 0, PixelFormat.Rgb24), planes, 5, 3);
        planes[..45].ShouldAllBe(v => float.IsFinite(v));
        planes[45..].ShouldAllBe(v => float.IsNaN(v));
    }

    [Fact]
    public void A_steady_stream_allocates_nothing()
    {
        byte[] pixels = Noise(64 * 48 * 3);
        var planes = new float[3 * 32 * 32];
        void Once() => Preprocessor.Run(new PixelFrame(pixels, 64, 48, 0, PixelFormat.Rgb24), planes, 32, 32);
        Once();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            Once();
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(1024);
    }

    [Fact]
    public void Parallel_runs_equal_serial_ones()
    {
        byte[][] frames = [.. Enumerable.Range(0, 16).Select(i => Noise((20 + i) * 30 * 3))];
        float[][] serial =
        [
            .. frames.Select((f, i) =>
                Run(new PixelFrame(f, 20 + i, 30, 0, PixelFormat.Rgb24), 16, 16, ResizeRule.BilinearAntialias))
        ];
        Parallel.For(0, 400, i =>
            Run(
                new PixelFrame(frames[i % 16], 20 + i % 16, 30, 0, PixelFormat.Rgb24), 16, 16, ResizeRule.BilinearAntialias)
                .ShouldBe(serial[i % 16]));
    }

    [Fact]
    public void The_callers_mistakes_are_named()
    {
        byte[] pixels = Noise(48);
        Should.Throw<ArgumentException>(() =>
            Preprocessor.Run(new PixelFrame(pixels, 4, 4, 0, PixelFormat.Rgb24), new float[11], 2, 2))
            .Message.ShouldContain("11 floats");
        Should.Throw<ArgumentOutOfRangeException>(() =>
            Preprocessor.Run(new PixelFrame(pixels, 4, 4, 0, PixelFormat.Rgb24), new float[12], 0, 2));
        Should.Throw<ArgumentOutOfRangeException>(() =>
            Preprocessor.Run(new PixelFrame(pixels, 4, 4, 0, PixelFormat.Rgb24), new float[12], 2, 2, (ResizeRule)7));
        Should.Throw<ArgumentException>(() =>
            Preprocessor.Run(default, new float[12], 2, 2)).Message.ShouldContain("without pixels");
        Should.Throw<ArgumentException>(
            () => Preprocessor.Run(new PixelFrame(pixels, 4, 4, 0, PixelFormat.Rgb24), new float[12], 2, 2,
            ResizeRule.Bilinear, new Normalization((0, 0, 0), (1, 0, 1)))).Message.ShouldContain("deviation");
    }

    private static IEnumerable<(int Index, double Weight)> Weights(int source, int target, int i, ResizeRule rule)
    {
        double scale = (double)source / target, center = (i + 0.5) * scale;
        if (rule == ResizeRule.Bilinear)
        {
            double position = Math.Clamp(center - 0.5, 0, source - 1);
            int first = (int)position;
            return [(first, 1 - (position - first)), (Math.Min(first + 1, source - 1), position - first)];
        }

        double support = Math.Max(scale, 1);
        var taps = Enumerable.Range(0, source)
            .Select(j => (Index: j, Weight: Math.Max(0, 1 - Math.Abs(j + 0.5 - center) / support))).ToArray();
        double sum = taps.Sum(t => t.Weight);
        return taps.Select(t => (t.Index, t.Weight / sum));
    }

    private static (byte[] Data, int Stride) Lay(byte[] rgb, int width, int height, PixelFormat format, int padding)
    {
        int bytes = format.BytesPerPixel(), stride = width * bytes + padding;
        bool blueFirst = format is PixelFormat.Bgr24 or PixelFormat.Bgra32;
        byte[] data = Noise(stride * (height - 1) + width * bytes);
        for (int i = 0; i < width * height; i++)
        {
            for (int c = 0; c < 3; c++)
                data[i / width * stride + i % width * bytes + (blueFirst ? 2 - c : c)] = rgb[i * 3 + c];
        }

        return (data, stride);
    }

    private static float[] Run(PixelFrame frame, int width, int height, ResizeRule rule, Normalization? normalization = null)
    {
        var planes = new float[3 * width * height];
        Preprocessor.Run(frame, planes, height, width, rule, normalization);
        return planes;
    }

    private static byte[] Noise(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }
}
