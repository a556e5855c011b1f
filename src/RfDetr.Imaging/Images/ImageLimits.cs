namespace RfDetr;

/// <summary>Limits on the size of an image, checked against its header before anything is decoded.</summary>
public sealed record ImageLimits
{
    private static ImageLimits s_default = new();

    /// <summary>
    /// The limits used wherever none are given. An application that expects larger images, or trusts nobody, sets them once at
    /// its start;
    /// they hold for the whole process.
    /// </summary>
    /// <exception cref="ArgumentException">A limit is out of range.</exception>
    public static ImageLimits Default
    {
        get => Volatile.Read(ref s_default);
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            Volatile.Write(ref s_default, OrDefault(value));
        }
    }

    /// <summary>
    /// Width × height, 50 million by default: decoding takes less than 600 MB whatever the file is. Pixels that take more memory
    /// to decode
    /// than those of a color JPEG count for more: those of CMYK JPEG, 16-bit and floating-point files, and of AVIF, WebP and GIF.
    /// </summary>
    public long MaxPixels { get; init; } = 50_000_000;

    /// <summary>Width and height each. 65,535 is the most that a JPEG can hold.</summary>
    public int MaxSide { get; init; } = 65_535;

    /// <summary>Encoded bytes, 256 MiB by default. Decoding needs them twice, beside the memory for pixels.</summary>
    public long MaxFileBytes { get; init; } = 256L << 20;

    /// <summary>The given limits, or the default ones, after all their values were checked.</summary>
    internal static ImageLimits OrDefault(ImageLimits? limits)
    {
        const long mostPixels = int.MaxValue / 3;   // a frame is one span of RGB bytes
        limits ??= Default;
        if (limits.MaxPixels is < 1 or > mostPixels || limits.MaxSide < 1
            || limits.MaxFileBytes < 1 || limits.MaxFileBytes > Array.MaxLength)
        {
            throw new ArgumentOutOfRangeException(nameof(limits),
                $"Image limits must be at least 1, MaxPixels at most {mostPixels} and MaxFileBytes at most {Array.MaxLength}; "
                + $"given {limits}.");
        }

        return limits;
    }

    /// <summary>Refuses an image whose header claims more than the limits allow.</summary>
    /// <param name="source">Names the image in messages.</param>
    /// <param name="width">Claimed pixels per row.</param>
    /// <param name="height">Claimed rows.</param>
    /// <param name="cost">Bytes that decoding needs per pixel, see <see cref="DecodingCost"/>.</param>
    internal void CheckSize(string source, long width, long height, int cost = DecodingCost.ColorJpeg)
    {
        if (width < 1 || height < 1)
            throw new ImageContentException(source, ImageFault.Corrupt, $"its header claims {width}×{height} pixels.");
        if (width > MaxSide || height > MaxSide)
        {
            throw new ImageContentException(source, ImageFault.TooLarge,
                $"its header claims {width}×{height} pixels; the limit is {MaxSide} a side (ImageLimits.MaxSide).");
        }

        long most = cost <= DecodingCost.ColorJpeg ? MaxPixels : Math.Max(MaxPixels * DecodingCost.ColorJpeg / cost, 1);
        if (width * height > most)
        {
            string reason = most == MaxPixels ? "" : $" for a file that takes {cost} bytes per pixel to decode";
            throw new ImageContentException(source, ImageFault.TooLarge,
                $"its header claims {width}×{height} = {width * height} pixels; the limit is {most}{reason} "
                    + $"(ImageLimits.MaxPixels, "
                + $"--max-pixels: {MaxPixels}).");
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
