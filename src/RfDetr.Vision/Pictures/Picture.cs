namespace RfDetr.Vision;

/// <summary>
/// An upright RGB picture of 8 bits a sample in memory of its own; immutable, so any number of threads may read it.
/// EXIF orientation is applied, alpha dropped, grey, palette, CMYK and 16-bit samples converted, all as the
/// reference's reader (Pillow) does it, except that 16-bit grey is scaled rather than clipped.
/// </summary>
public sealed class Picture : IDisposable
{
    private readonly PixelMemory _memory;

    internal Picture(PixelMemory memory, int width, int height)
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
    /// Keep the picture in a variable for as long as the span is read.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The picture was disposed.</exception>
    public unsafe PixelFrame Frame
    {
        get
        {
            ObjectDisposedException.ThrowIf(_memory.IsClosed, this);
            return PixelFrame.Owned(new ReadOnlySpan<byte>(_memory.Pointer, (int)_memory.Length), Width, Height, PixelFormat.Rgb24, this);
        }
    }

    /// <summary>Reads a picture file; its format is told by content, not by name.</summary>
    /// <exception cref="ImageContentException">The file is no picture, is damaged, or exceeds the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="LibvipsMissingException">libvips is needed and not there.</exception>
    public static Picture Load(string path, PictureLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = (limits ?? PictureLimits.Default).Validated();
        using FileStream file = PictureBytes.Open(path, limits);
        using PictureBytes bytes = PictureBytes.Read(file, path, limits);
        return PictureDecoder.Decode(bytes.Span, path, limits);
    }

    /// <inheritdoc cref="Load"/>
    /// <summary>Reads a picture file asynchronously and decodes it on the thread pool.</summary>
    public static async Task<Picture> LoadAsync(string path, PictureLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = (limits ?? PictureLimits.Default).Validated();
        await using FileStream file = PictureBytes.Open(path, limits, FileOptions.SequentialScan | FileOptions.Asynchronous);
        return await DecodeAsync(file, path, limits, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Decodes an encoded picture held in memory.</summary>
    /// <exception cref="ImageContentException">The bytes are no picture, are damaged, or exceed the limits.</exception>
    /// <exception cref="LibvipsMissingException">libvips is needed and not there.</exception>
    public static Picture Decode(ReadOnlySpan<byte> encoded, PictureLimits? limits = null) =>
        PictureDecoder.Decode(encoded, PictureDecoder.BytesName, (limits ?? PictureLimits.Default).Validated());

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, PictureLimits?)"/>
    /// <summary>Reads a stream to its end and decodes it. The stream stays open.</summary>
    public static Picture Decode(Stream stream, PictureLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        limits = (limits ?? PictureLimits.Default).Validated();
        using PictureBytes bytes = PictureBytes.Read(stream, PictureDecoder.BytesName, limits);
        return PictureDecoder.Decode(bytes.Span, PictureDecoder.BytesName, limits);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, PictureLimits?)"/>
    /// <summary>Reads a stream to its end asynchronously and decodes it on the thread pool. The stream stays open.</summary>
    public static Task<Picture> DecodeAsync(Stream stream, PictureLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return DecodeAsync(stream, PictureDecoder.BytesName, (limits ?? PictureLimits.Default).Validated(), cancellationToken);
    }

    /// <inheritdoc cref="Decode(ReadOnlySpan{byte}, PictureLimits?)"/>
    /// <summary>Decodes an encoded picture held in memory on the thread pool.</summary>
    public static Task<Picture> DecodeAsync(ReadOnlyMemory<byte> encoded, PictureLimits? limits = null, CancellationToken cancellationToken = default)
    {
        limits = (limits ?? PictureLimits.Default).Validated();
        return Task.Run(() => PictureDecoder.Decode(encoded.Span, PictureDecoder.BytesName, limits, cancellationToken), cancellationToken);
    }

    /// <summary>Copies a frame into a picture of its own; works without libvips.</summary>
    public static unsafe Picture FromPixels(PixelFrame frame)
    {
        PixelMemory memory = PixelMemory.Allocate((long)frame.Width * frame.Height * 3);
        var picture = new Picture(memory, frame.Width, frame.Height);
        PixelPacking.ToRgb(frame, new Span<byte>(memory.Pointer, checked((int)memory.Length)));
        return picture;
    }

    /// <summary>Frees the pixels; frames taken before are invalid from here on.</summary>
    public void Dispose() => _memory.Dispose();

    internal static async Task<Picture> DecodeAsync(Stream stream, string source, PictureLimits limits, CancellationToken cancellationToken)
    {
        using PictureBytes bytes = await PictureBytes.ReadAsync(stream, source, limits, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => PictureDecoder.Decode(bytes.Span, source, limits, cancellationToken), cancellationToken).ConfigureAwait(false);
    }
}
