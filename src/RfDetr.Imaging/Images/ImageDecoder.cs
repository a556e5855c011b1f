namespace RfDetr;

/// <summary>
/// Encoded bytes to upright RGB. libvips decodes; what a band means is decided here and as Pillow's
/// <c>convert("RGB")</c> does it, because the reference reads its images that way.
/// </summary>
internal static unsafe class ImageDecoder
{
    public const string BytesName = "The given bytes";

    /// <summary>VipsFailOn: stop at truncation and at errors, but bear with warnings, of which cameras write many.</summary>
    private const int FailOnError = 2;

    /// <summary>VipsAccess: rows come once, from top to bottom.</summary>
    private const int Sequential = 1;

    public static Image Decode(ReadOnlySpan<byte> bytes, string source, ImageLimits limits, CancellationToken cancellation = default)
    {
        ImageFormat format = Recognize(bytes, source, limits);
        if (format == ImageFormat.Bmp)
            return BmpReader.Decode(bytes, source, limits);
        fixed (byte* pinned = bytes)
        {
            try
            {
                using VipsImageHandle image = OpenImage(pinned, bytes.Length, format);
                limits.CheckSize(source, image.Width, image.Height);
                BandMeaning.CheckBands(image.Bands, source);
                return ToImage(image, cancellation);
            }
            catch (VipsException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                throw Explain(failure, bytes, format, source);
            }
        }
    }

    public static ImageInfo ReadInfo(ReadOnlySpan<byte> bytes, string source, ImageLimits limits)
    {
        ImageFormat format = Recognize(bytes, source, limits);
        if (format == ImageFormat.Bmp)
        {
            BmpHeader header = BmpHeader.Read(bytes, source, limits);
            return new ImageInfo(header.Width, header.Height, format, 1);
        }

        fixed (byte* pinned = bytes)
        {
            try
            {
                using VipsImageHandle image = OpenImage(pinned, bytes.Length, format);
                limits.CheckSize(source, image.Width, image.Height);
                int orientation = image.Orientation;
                return PixelOrientation.SwapsSides(orientation)
                    ? new ImageInfo(image.Height, image.Width, format, orientation)
                    : new ImageInfo(image.Width, image.Height, format, orientation);
            }
            catch (VipsException failure)
            {
                throw Explain(failure, bytes, format, source);
            }
        }
    }

    private static ImageFormat Recognize(ReadOnlySpan<byte> bytes, string source, ImageLimits limits)
    {
        if (bytes.IsEmpty)
            throw new ImageContentException(source, ImageFault.Empty, "the file is empty (0 bytes).");
        limits.CheckBytes(source, bytes.Length);
        return ImageFormats.Sniff(bytes) ?? throw new ImageContentException(source, ImageFault.NotAnImage,
            $"not an image: it begins with {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8)])} (hex), "
            + "which is not the start of a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP file.");
    }

    private static VipsImageHandle OpenImage(byte* bytes, int length, ImageFormat format)
    {
        using var load = new VipsOperation(format.Loader());
        return load.With("buffer", bytes, length).With("access", Sequential).With("fail-on", FailOnError).Run().TakeImage();
    }

    private static Image ToImage(VipsImageHandle image, CancellationToken cancellation)
    {
        using VipsImageHandle plain = BandMeaning.ToBytes(image);
        using CancellationTokenRegistration stop = cancellation.Register(plain.Kill);
        PixelMemory memory = plain.ToMemory();
        cancellation.ThrowIfCancellationRequested();
        bool cmyk = plain.Interpretation == VipsInterpretation.Cmyk;
        memory = BandMeaning.ToRgb(memory, plain.Width, plain.Height, plain.Bands, cmyk);
        return PixelOrientation.Apply(memory, plain.Width, plain.Height, image.Orientation);
    }

    private static ImageContentException Explain(VipsException failure, ReadOnlySpan<byte> bytes, ImageFormat format, string source)
    {
        if (format.EndsEarly(bytes))
        {
            return new ImageContentException(source, ImageFault.Truncated,
                $"truncated: this {format} file of {bytes.Length} bytes ends before its image does. Fetch or copy it again. (libvips: {failure.Detail})", failure);
        }

        bool unsupported = format == ImageFormat.Heif;
        return new ImageContentException(source, unsupported ? ImageFault.Unsupported : ImageFault.Corrupt,
            unsupported
                ? $"this HEIF file cannot be decoded: either it is corrupt or this libvips lacks its codec (AVIF is read, HEVC mostly not). (libvips: {failure.Detail})"
                : $"corrupt {format} file. (libvips: {failure.Detail})", failure);
    }
}
