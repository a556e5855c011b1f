using System.Buffers;

namespace RfDetr;

/// <summary>How images are written.</summary>
public sealed record EncodeOptions
{
    /// <summary>The options used where none are given.</summary>
    public static EncodeOptions Default { get; } = new();

    /// <summary>Quality of JPEG and WebP, 1–100.</summary>
    public int Quality { get; init; } = 90;

    /// <summary>Effort of PNG, 0 (none) to 9 (smallest); 6 is zlib's own default.</summary>
    public int PngCompression { get; init; } = 6;

    /// <summary>Whether WebP keeps every pixel exactly; <see cref="Quality"/> is then effort only.</summary>
    public bool WebpLossless { get; init; }

    internal EncodeOptions Validated()
    {
        if (Quality is < 1 or > 100 || PngCompression is < 0 or > 9)
            throw new ArgumentOutOfRangeException("options", $"Quality is 1–100 and PngCompression 0–9; given {this}.");
        return this;
    }
}

/// <summary>Writes PNG, JPEG and WebP. Alpha is kept where the format has it (not JPEG); no metadata is written.</summary>
public static unsafe class ImageEncoder
{
    /// <summary>Writes an image file whose format is told by the extension: .png, .jpg, .jpeg or .webp.</summary>
    /// <remarks>Written beside and then renamed, so that no reader ever sees half a file.</remarks>
    /// <exception cref="ArgumentException">The extension is another one, or an option is out of range.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Save(PixelFrame frame, string path, EncodeOptions? options = null)
    {
        byte[] encoded = Encode(frame, FormatOf(path), options);
        AtomicFile.Write(path, stream => stream.Write(encoded), flushToDisk: false);
    }

    /// <summary>Encodes into memory.</summary>
    /// <exception cref="ArgumentException">The format cannot be written, the image is too large for it, or an option is out of range.</exception>
    public static byte[] Encode(PixelFrame frame, ImageFormat format, EncodeOptions? options = null)
    {
        options = (options ?? EncodeOptions.Default).Validated();
        int bands = frame.Format.BytesPerPixel();
        if (bands == 4 && format == ImageFormat.Jpeg)
            bands = 3;
        CheckSize(frame, format);
        int size = checked(frame.Width * frame.Height * bands);
        byte[]? rented = null;
        try
        {
            bool packed = frame.Stride == frame.Width * bands && frame.Format is PixelFormat.Rgb24 or PixelFormat.Rgba32 or PixelFormat.Gray8;
            if (!packed)
                Pack(frame, bands, rented = ArrayPool<byte>.Shared.Rent(size));
            ReadOnlySpan<byte> pixels = packed ? frame.Data[..size] : rented.AsSpan(0, size);
            fixed (byte* pinned = pixels)
                return Encode(pinned, frame.Width, frame.Height, bands, format, options);
        }
        finally
        {
            GC.KeepAlive(frame.Owner);
            if (rented is not null)
                ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static byte[] Encode(byte* pixels, int width, int height, int bands, ImageFormat format, EncodeOptions options)
    {
        using VipsImageHandle raw = VipsImageHandle.FromMemory(pixels, width, height, bands);
        using var name = new VipsOperation("copy");
        VipsInterpretation meaning = bands == 1 ? VipsInterpretation.Gray : VipsInterpretation.Srgb;
        using VipsImageHandle image = name.With("in", raw).With("interpretation", (int)meaning).Run().TakeImage();
        using VipsOperation save = format switch
        {
            ImageFormat.Png => new VipsOperation("pngsave_buffer").With("compression", options.PngCompression),
            ImageFormat.Jpeg => new VipsOperation("jpegsave_buffer").With("Q", options.Quality).With("optimize-coding", true),
            ImageFormat.Webp => new VipsOperation("webpsave_buffer").With("Q", options.Quality).With("lossless", options.WebpLossless),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "PNG, JPEG and WebP are written."),
        };
        return save.With("in", image).Run().TakeBytes();
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
        int most = format switch { ImageFormat.Webp => 16_383, ImageFormat.Jpeg => 65_535, _ => int.MaxValue };
        if (frame.Width > most || frame.Height > most)
            throw new ArgumentException($"{format} holds at most {most} pixels a side; the frame has {frame.Width}×{frame.Height}.", nameof(frame));
    }

    private static ImageFormat FormatOf(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return Path.GetExtension(path).ToLowerInvariant() switch
        {
            ".png" => ImageFormat.Png,
            ".jpg" or ".jpeg" => ImageFormat.Jpeg,
            ".webp" => ImageFormat.Webp,
            string other => throw new ArgumentException($"'{path}': images are written as .png, .jpg, .jpeg or .webp, not '{other}'.", nameof(path)),
        };
    }
}
