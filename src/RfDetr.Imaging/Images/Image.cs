namespace RfDetr;

/// <summary>
/// An upright RGB image of 8 bits a sample in memory of its own; immutable, so any number of threads may read it.
/// EXIF orientation is applied, alpha dropped, gray, palette, CMYK and 16-bit samples converted, all as the
/// reference's reader (Pillow) does it, except that 16-bit gray is scaled rather than clipped.
/// </summary>
public sealed class Image : IDisposable
{
    private readonly PixelMemory _memory;

    internal Image(PixelMemory memory, int width, int height)
    {
        _memory = memory;
        Width = width;
        Height = height;
    }

    /// <summary>Pixels per row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>
    /// The pixels as <see cref="PixelFormat.Rgb24"/>, rows without padding; valid until <see cref="Dispose"/>.
    /// Keep the image in a variable for as long as the span is read.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The image was disposed.</exception>
    public unsafe PixelFrame Frame
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
            return PixelFrame.Owned(new ReadOnlySpan<byte>(_memory.Pointer, (int)_memory.Length), Width, Height, PixelFormat.Rgb24, this);
        }
    }

    /// <summary>Reads an image file; its format is told by content, not by name.</summary>
    /// <exception cref="ImageContentException">The file is no image, is damaged, or exceeds the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="LibvipsMissingException">libvips is needed and not there.</exception>
    public static Image Load(string path, ImageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = (limits ?? ImageLimits.Default).Validated();
        using FileStream file = ImageBytes.Open(path, limits);
        using ImageBytes bytes = ImageBytes.Read(file, path, limits);
        return ImageDecoder.Decode(bytes.Span, path, limits);
    }

    /// <inheritdoc cref="Load"/>
    /// <summary>Reads an image file asynchronously and decodes it on the thread pool.</summary>
    public static async Task<Image> LoadAsync(string path, ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = (limits ?? ImageLimits.Default).Validated();
        await using FileStream file = ImageBytes.Open(path, limits, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return await DecodeAsync(file, path, limits, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes an encoded image held in memory.</summary>
    /// <exception cref="ImageContentException">The bytes are no image, are damaged, or exceed the limits.</exception>
    /// <exception cref="LibvipsMissingException">libvips is needed and not there.</exception>
    public static Image Decode(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) =>
        ImageDecoder.Decode(encoded, ImageDecoder.BytesName, (limits ?? ImageLimits.Default).Validated());

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, ImageLimits?)"/>
    /// <summary>Reads a stream to its end and decodes it. The stream stays open.</summary>
    public static Image Decode(Stream stream, ImageLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits = (limits ?? ImageLimits.Default).Validated();
        using ImageBytes bytes = ImageBytes.Read(stream, ImageDecoder.BytesName, limits);
        return ImageDecoder.Decode(bytes.Span, ImageDecoder.BytesName, limits);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, ImageLimits?)"/>
    /// <summary>Reads a stream to its end asynchronously and decodes it on the thread pool. The stream stays open.</summary>
    public static Task<Image> DecodeAsync(Stream stream, ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return DecodeAsync(stream, ImageDecoder.BytesName, (limits ?? ImageLimits.Default).Validated(), cancellationToken);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, ImageLimits?)"/>
    /// <summary>Decodes an encoded image held in memory on the thread pool.</summary>
    public static Task<Image> DecodeAsync(ReadOnlyMemory<byte> encoded, ImageLimits? limits = null, CancellationToken cancellationToken = default)
    {
        limits = (limits ?? ImageLimits.Default).Validated();
        return Task.Run(() => ImageDecoder.Decode(encoded.Span, ImageDecoder.BytesName, limits, cancellationToken), cancellationToken);
    }

    /// <summary>Copies a frame into an image of its own; works without libvips.</summary>
    public static unsafe Image FromPixels(PixelFrame frame)
    {
        PixelMemory memory = PixelMemory.Allocate((long)frame.Width * frame.Height * 3);
        var image = new Image(memory, frame.Width, frame.Height);
        PixelPacking.ToRgb(frame, new Span<byte>(memory.Pointer, checked((int)memory.Length)));
        return image;
    }

    /// <summary>Frees the pixels; frames taken before are invalid from here on.</summary>
    public void Dispose() => _memory.Dispose();

    internal static async Task<Image> DecodeAsync(Stream stream, string source, ImageLimits limits, CancellationToken cancellationToken)
    {
        using ImageBytes bytes = await ImageBytes.ReadAsync(stream, source, limits, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => ImageDecoder.Decode(bytes.Span, source, limits, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
