using System.Buffers;
using Vips = NetVips;

namespace RfDetr;

/// <summary>Options for writing images.</summary>
public sealed record EncodeOptions
{
    /// <summary>The options used where none are given.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Quality of JPEG and WebP, 1–100.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>Effort of PNG, 0 (none) to 9 (smallest); 6 is zlib's own default.</summary>
    public int PngCompression { get; init; } = 6;

    /// <summary>True if WebP keeps every pixel exactly; <see cref="Quality"/> then means effort only.</summary>
    public bool WebpLossless { get; init; }

    /// <summary>The given options, or the defaults, after all their values were checked.</summary>
    internal static EncodeOptions OrDefault(EncodeOptions? options)
    {
        options ??= Default;
        if (options.Quality is < 1 or > 100 || options.PngCompression is < 0 or > 9)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), $"Quality must lie in 1–100 and PngCompression in 0–9; given {options}.");
        }

        return options;
    }
}

/// <summary>Frames to bytes of PNG, JPEG and WebP files. No metadata is written.</summary>
internal static unsafe class ImageEncoder
{
    /// <summary>The format that a file's extension asks for.</summary>
    /// <exception cref="ArgumentException">The extension is none of .png, .jpg, .jpeg and .webp.</exception>
    public static ImageFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => ImageFormat.Png,
            ".jpg" or ".jpeg" => ImageFormat.Jpeg,
            ".webp" => ImageFormat.Webp,
            string other => throw new ArgumentException(
                $"'{path}': images are written as .png, .jpg, .jpeg or .webp, not '{other}'.", nameof(path)),
        };
    }

    public static byte[] Encode(PixelFrame frame, ImageFormat format, EncodeOptions? options)
    {
        options = EncodeOptions.OrDefault(options);
        CheckSize(frame, format);
        Libvips.Require();
        int bands = frame.Format.BytesPerPixel();
        if (bands == 4 && format == ImageFormat.Jpeg)
            bands = 3;
        int size = checked(frame.Width * frame.Height * bands);
        byte[]? rented = null;
        try
        {
            bool packed = frame.Stride == frame.Width * bands
                && frame.Format is PixelFormat.Rgb24 or PixelFormat.Rgba32 or PixelFormat.Gray8;
            if (!packed)
                Pack(frame, bands, rented = ArrayPool<byte>.Shared.Rent(size));
            ReadOnlySpan<byte> pixels = packed ? frame.Data[..size] : rented.AsSpan(0, size);
            fixed (byte* pinned = pixels)
                return Encode((nint)pinned, frame.Width, frame.Height, bands, format, options);
        }
        finally
        {
            GC.KeepAlive(frame.Owner);
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte[] Encode(nint pixels, int width, int height, int bands, ImageFormat format, EncodeOptions options)
    {
        ulong size = checked((ulong)width * (ulong)height * (ulong)bands);
        using Vips.Image raw = Vips.Image.NewFromMemory(pixels, size, width, height, bands, Vips.Enums.BandFormat.Uchar);
        Vips.Enums.Interpretation meaning = bands == 1 ? Vips.Enums.Interpretation.Bw : Vips.Enums.Interpretation.Srgb;
        using Vips.Image image = raw.Copy(interpretation: meaning);
        return format switch
        {
            ImageFormat.Png => image.PngsaveBuffer(compression: options.PngCompression),
            ImageFormat.Jpeg => image.JpegsaveBuffer(q: options.Quality, optimizeCoding: true),
            _ => image.WebpsaveBuffer(q: options.Quality, lossless: options.WebpLossless),
        };
    }

    private static void Pack(PixelFrame frame, int bands, Span<byte> destination)
    {
        if (bands == 1)
            PixelPacking.ToGray(frame, destination);
        else if (bands == 3)
            PixelPacking.ToRgb(frame, destination);
        else
            PixelPacking.ToRgba(frame, destination);
    }

    private static void CheckSize(PixelFrame frame, ImageFormat format)
    {
        int most = format switch
        {
            ImageFormat.Webp => 16_383,
            ImageFormat.Jpeg => 65_535,
            ImageFormat.Png => int.MaxValue,
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "PNG, JPEG and WebP are written."),
        };
        if (frame.Width > most || frame.Height > most)
        {
            throw new ArgumentException(
                $"{format} holds at most {most} pixels a side; the frame has {frame.Width}×{frame.Height}.", nameof(frame));
        }
    }
}
