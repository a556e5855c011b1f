namespace RfDetr;

/// <summary>How large an image may be, checked against its header before anything is decoded.</summary>
public sealed record ImageLimits
{
    /// <summary>The limits used where none are given.</summary>
    public static ImageLimits Default { get; } = new();

    /// <summary>Width × height. 178,956,970 is where Pillow refuses too, so that whatever the reference opens, opens here.</summary>
    public long MaxPixels { get; init; } = 178_956_970;

    /// <summary>Width and height each. 65,535 is the most a JPEG can say.</summary>
    public int MaxSide { get; init; } = 65_535;

    /// <summary>Encoded bytes: 512 MiB.</summary>
    public long MaxFileBytes { get; init; } = 512L << 20;

    internal ImageLimits Validated()
    {
        const long MostPixels = int.MaxValue / 3;   // a frame is one span of RGB bytes
        if (MaxPixels is < 1 or > MostPixels || MaxSide < 1 || MaxFileBytes < 1 || MaxFileBytes > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException("limits",
                $"Image limits must be at least 1, MaxPixels at most {MostPixels} and MaxFileBytes at most {Array.MaxLength}; given {this}.");
        }

        return this;
    }

    internal void CheckSize(string source, long width, long height)
    {
        if (width < 1 || height < 1)
            throw new ImageContentException(source, ImageFault.Corrupt, $"its header claims {width}×{height} pixels.");
        if (width > MaxSide || height > MaxSide)
        {
            throw new ImageContentException(source, ImageFault.TooLarge,
                $"its header claims {width}×{height} pixels; the limit is {MaxSide} a side (ImageLimits.MaxSide).");
        }

        if (width * height > MaxPixels)
        {
            throw new ImageContentException(source, ImageFault.TooLarge,
                $"its header claims {width}×{height} = {width * height} pixels; the limit is {MaxPixels} (ImageLimits.MaxPixels).");
        }
    }

    internal void CheckBytes(string source, long bytes)
    {
        if (bytes > MaxFileBytes)
        {
            throw new ImageContentException(source, ImageFault.TooLarge,
                $"{bytes} bytes or more; the limit is {MaxFileBytes} (ImageLimits.MaxFileBytes).");
        }
    }
}
