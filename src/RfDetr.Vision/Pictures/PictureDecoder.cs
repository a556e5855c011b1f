namespace RfDetr.Vision;

/// <summary>
/// Encoded bytes to upright RGB. libvips decodes; what a band means is decided here and as Pillow's
/// <c>convert("RGB")</c> does it, because the reference reads its pictures that way.
/// </summary>
internal static unsafe class PictureDecoder
{
    public const string BytesName = "The given bytes";

    /// <summary>VipsFailOn: stop at truncation and at errors, but bear with warnings, of which cameras write many.</summary>
    private const int FailOnError = 2;

    /// <summary>VipsAccess: rows come once, from top to bottom.</summary>
    private const int Sequential = 1;

    public static Picture Decode(ReadOnlySpan<byte> bytes, string source, PictureLimits limits, CancellationToken cancellation = default)
    {
        PictureFormat format = Recognise(bytes, source, limits);
        if (format == PictureFormat.Bmp)
            return BmpReader.Decode(bytes, source, limits);
        fixed (byte* pinned = bytes)
        {
            try
            {
                using VipsImageHandle image = OpenImage(pinned, bytes.Length, format);
                limits.CheckSize(source, image.Width, image.Height);
                BandMeaning.CheckBands(image.Bands, source);
                return ToPicture(image, cancellation);
            }
            catch (VipsException failure)
            {
                cancellation.ThrowIfCancellationRequested();
                throw Explain(failure, bytes, format, source);
            }
        }
    }

    public static PictureInfo ReadInfo(ReadOnlySpan<byte> bytes, string source, PictureLimits limits)
    {
        PictureFormat format = Recognise(bytes, source, limits);
        if (format == PictureFormat.Bmp)
        {
            BmpHeader header = BmpHeader.Read(bytes, source, limits);
            return new PictureInfo(header.Width, header.Height, format, 1);
        }

        fixed (byte* pinned = bytes)
        {
            try
            {
                using VipsImageHandle image = OpenImage(pinned, bytes.Length, format);
                limits.CheckSize(source, image.Width, image.Height);
                int orientation = image.Orientation;
                return PixelOrientation.SwapsSides(orientation)
                    ? new PictureInfo(image.Height, image.Width, format, orientation)
                    : new PictureInfo(image.Width, image.Height, format, orientation);
            }
            catch (VipsException failure)
            {
                throw Explain(failure, bytes, format, source);
            }
        }
    }

    private static PictureFormat Recognise(ReadOnlySpan<byte> bytes, string source, PictureLimits limits)
    {
        if (bytes.IsEmpty)
            throw new ImageContentException(source, ImageFault.Empty, "the file is empty (0 bytes).");
        limits.CheckBytes(source, bytes.Length);
        return PictureFormats.Sniff(bytes) ?? throw new ImageContentException(source, ImageFault.NotAPicture,
            $"not a picture: it begins with {Convert.ToHexString(bytes[..Math.Min(bytes.Length, 8)])} (hex), "
            + "which is not the start of a JPEG, PNG, WebP, GIF, TIFF, AVIF or BMP file.");
    }

    private static VipsImageHandle OpenImage(byte* bytes, int length, PictureFormat format)
    {
        using var load = new VipsOperation(format.Loader());
        return load.With("buffer", bytes, length).With("access", Sequential).With("fail-on", FailOnError).Run().TakeImage();
    }

    private static Picture ToPicture(VipsImageHandle image, CancellationToken cancellation)
    {
        using VipsImageHandle plain = BandMeaning.ToBytes(image);
        using CancellationTokenRegistration stop = cancellation.Register(plain.Kill);
        PixelMemory memory = plain.ToMemory();
        cancellation.ThrowIfCancellationRequested();
        bool cmyk = plain.Interpretation == VipsInterpretation.Cmyk;
        memory = BandMeaning.ToRgb(memory, plain.Width, plain.Height, plain.Bands, cmyk);
        return PixelOrientation.Apply(memory, plain.Width, plain.Height, image.Orientation);
    }

    private static ImageContentException Explain(VipsException failure, ReadOnlySpan<byte> bytes, PictureFormat format, string source)
    {
        if (format.EndsEarly(bytes))
        {
            return new ImageContentException(source, ImageFault.Truncated,
                $"truncated: this {format} file of {bytes.Length} bytes ends before its picture does. Fetch or copy it again. (libvips: {failure.Detail})", failure);
        }

        bool unsupported = format == PictureFormat.Heif;
        return new ImageContentException(source, unsupported ? ImageFault.Unsupported : ImageFault.Corrupt,
            unsupported
                ? $"this HEIF file cannot be decoded: either it is corrupt or this libvips lacks its codec (AVIF is read, HEVC mostly not). (libvips: {failure.Detail})"
                : $"corrupt {format} file. (libvips: {failure.Detail})", failure);
    }
}
