namespace RfDetr.Training;

/// <summary>Several images in one.</summary>
internal static class Mixing
{
    /// <summary>
    /// Four images around a random center, at the first one's size: each is stretched evenly until it covers its part, then cut.
    /// </summary>
    public static Sample Mosaic(ReadOnlySpan<Sample> four, double leastVisible, SampleRandom random)
    {
        (int width, int height) = (four[0].Width, four[0].Height);
        if (width < 8 || height < 8)
            return four[0];
        int x = (int)(width * random.Range(0.3, 0.7)), y = (int)(height * random.Range(0.3, 0.7));
        ReadOnlySpan<PixelRect> parts =
        [
            new(0, 0, x, y), new(x, 0, width - x, y), new(0, y, x, height - y), new(x, y, width - x, height - y)
        ];
        byte[] rgb = new byte[3 * width * height];
        var objects = new List<SampleObject>();
        for (int i = 0; i < parts.Length; i++)
        {
            PixelRect part = parts[i];
            Sample piece = Cover(four[i], part.Width, part.Height, leastVisible, random);
            for (int row = 0; row < part.Height; row++)
                piece.Rgb.AsSpan(3 * row * part.Width, 3 * part.Width).CopyTo(rgb.AsSpan(3 * ((part.Y + row) * width + part.X)));
            objects.AddRange(piece.Objects.Select(o => Move(o, part.X, part.Y)));
        }

        return new Sample(rgb, width, height, [.. objects]);
    }

    /// <summary>Two images blended half and half, more or less, at the first one's size.</summary>
    public static Sample MixUp(Sample a, Sample b, SampleRandom random)
    {
        Sample other = Stretching.Resize(b, a.Width, a.Height);
        int share = (int)(256 * random.Range(0.4, 0.6));
        byte[] rgb = new byte[a.Rgb.Length];
        for (int i = 0; i < rgb.Length; i++)
            rgb[i] = (byte)((a.Rgb[i] * share + other.Rgb[i] * (256 - share) + 128) >> 8);
        return new Sample(rgb, a.Width, a.Height, [.. a.Objects, .. other.Objects]);
    }

    private static Sample Cover(Sample s, int width, int height, double leastVisible, SampleRandom random)
    {
        double scale = Math.Max((double)width / s.Width, (double)height / s.Height);
        Sample scaled = Stretching.Resize(
            s, Math.Max(width, (int)Math.Round(s.Width * scale)), Math.Max(height, (int)Math.Round(s.Height * scale)));
        var to = new PixelRect(random.Below(scaled.Width - width + 1), random.Below(scaled.Height - height + 1), width, height);
        return Crops.Crop(scaled, to, leastVisible);
    }

    private static SampleObject Move(SampleObject o, int x, int y) => o with
    {
        Box = o.Box with { X = o.Box.X + x, Y = o.Box.Y + y },
        Mask = o.Mask is { } mask ? mask with { X = mask.X + x, Y = mask.Y + y } : null,
    };
}
