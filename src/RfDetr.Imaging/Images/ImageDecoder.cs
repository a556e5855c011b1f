using Vips = NetVips;

namespace RfDetr;

/// <summary>
/// Encoded bytes to upright RGB. libvips decodes; the meaning of bands is decided here, as Pillow's <c>convert("RGB")</c>
/// decides it, because the reference implementation reads its images that way.
/// </summary>
internal static class ImageDecoder
{
    /// <summary>Names the input in messages where it came without a path or an address.</summary>
    public const string BytesName = "The given bytes";

    public static Image Decode(
        ReadOnlySpan<byte> bytes, string source, ImageLimits limits, CancellationToken cancellation = default)
    {
        ImageFormat format = Recognize(bytes, source, limits);
        if (format == ImageFormat.Bmp)
            return BmpReader.Decode(bytes, source, limits);
        Libvips.Require();
        Samples samples;
        try
        {
            samples = Read(bytes, format, source, limits, cancellation);
        }
        catch (Vips.VipsException failure)
        {
            cancellation.ThrowIfCancellationRequested();
            throw Explain(failure, bytes, format, source);
        }

        // The decoder's memory is free by now; what follows needs a second copy of the pixels at most.
        PixelMemory rgb = BandMeaning.ToRgb(samples.Memory, samples.Width, samples.Height, samples.Bands, samples.IsCmyk);
        return PixelOrientation.Apply(rgb, samples.Width, samples.Height, samples.Orientation);
    }

    public static ImageInfo ReadInfo(ReadOnlySpan<byte> bytes, string source, ImageLimits limits)
    {
        ImageFormat format = Recognize(bytes, source, limits);
        if (format == ImageFormat.Bmp)
        {
            BmpHeader header = BmpHeader.Read(bytes, source, limits);
            return new ImageInfo(header.Width, header.Height, format, 1);
        }

        Libvips.Require();
        try
        {
            using Vips.Image image = Open(bytes, format);
            limits.CheckSize(source, image.Width, image.Height, DecodingCost.Of(format, image.Bands, image.Format));
            int orientation = OrientationOf(image);
            return PixelOrientation.SwapsSides(orientation)
                ? new ImageInfo(image.Height, image.Width, format, orientation)
                : new ImageInfo(image.Width, image.Height, format, orientation);
        }
        catch (Vips.VipsException failure)
        {
            throw Explain(failure, bytes, format, source);
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

    /// <summary>
    /// Reads the header. The loader is named rather than left to libvips' own sniffing, so that a file reaches no other one. It
    /// stops at truncation and at errors but tolerates warnings, of which cameras write many. Rows come once, from top to bottom.
    /// </summary>
    private static Vips.Image Open(ReadOnlySpan<byte> bytes, ImageFormat format)
    {
        const Vips.Enums.Access access = Vips.Enums.Access.Sequential;
        const Vips.Enums.FailOn failOn = Vips.Enums.FailOn.Error;
        using Vips.Source source = Vips.Source.NewFromMemory(bytes);   // a copy, which lives as long as the image needs it
        return format switch
        {
            ImageFormat.Jpeg => Vips.Image.JpegloadSource(source, access: access, failOn: failOn),
            ImageFormat.Png => Vips.Image.PngloadSource(source, access: access, failOn: failOn),
            ImageFormat.Webp => Vips.Image.WebploadSource(source, access: access, failOn: failOn),
            ImageFormat.Gif => Vips.Image.GifloadSource(source, access: access, failOn: failOn),
            ImageFormat.Tiff => Vips.Image.TiffloadSource(source, access: access, failOn: failOn),
            ImageFormat.Heif => Vips.Image.HeifloadSource(source, access: access, failOn: failOn),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "libvips does not load this format here."),
        };
    }

    /// <summary>EXIF orientation 1–8; 1 without a tag.</summary>
    private static int OrientationOf(Vips.Image image) =>
        image.Contains("orientation") && image.Get("orientation") is int and >= 1 and <= 8 and int orientation ? orientation : 1;

    /// <summary>Decodes to interleaved bytes as the file holds them: bands not yet converted, not yet upright.</summary>
    private static Samples Read(
        ReadOnlySpan<byte> bytes, ImageFormat format, string source, ImageLimits limits, CancellationToken cancellation)
    {
        using Vips.Image image = Open(bytes, format);
        (int width, int height, int bands) = (image.Width, image.Height, image.Bands);
        limits.CheckSize(source, width, height, DecodingCost.Of(format, bands, image.Format));
        BandMeaning.CheckBands(bands, source);
        using Vips.Image? converted = BandMeaning.ToBytes(image);
        Vips.Image plain = converted ?? image;
        using CancellationTokenRegistration stop =
            cancellation.Register(static image => ((Vips.Image)image!).SetKill(true), plain);
        PixelMemory memory = VipsPixels.Read(plain);
        if (cancellation.IsCancellationRequested)
        {
            memory.Dispose();
            throw new OperationCanceledException(cancellation);
        }

        bands = plain.Bands;
        bool isCmyk = bands > 3 && plain.Interpretation == Vips.Enums.Interpretation.Cmyk;
        return new Samples(memory, width, height, bands, isCmyk, OrientationOf(image));
    }

    private static ImageContentException Explain(
        Vips.VipsException failure, ReadOnlySpan<byte> bytes, ImageFormat format, string source)
    {
        string detail = VipsPixels.Reason(failure);
        if (format.EndsEarly(bytes))
        {
            return new ImageContentException(source, ImageFault.Truncated,
                $"truncated: this {format} file of {bytes.Length} bytes ends before its image does. Fetch or copy it again. "
                + $"(libvips: {detail})", failure);
        }

        bool unsupported = format == ImageFormat.Heif;
        return new ImageContentException(source, unsupported ? ImageFault.Unsupported : ImageFault.Corrupt,
            unsupported
                ? "this HEIF file cannot be decoded: either it is corrupt or this libvips lacks its codec "
                    + $"(AVIF is read, HEVC mostly not). (libvips: {detail})"
                : $"corrupt {format} file. (libvips: {detail})", failure);
    }

    private readonly record struct Samples(PixelMemory Memory, int Width, int Height, int Bands, bool IsCmyk, int Orientation);
}
