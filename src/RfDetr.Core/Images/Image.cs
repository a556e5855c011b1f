namespace RfDetr;

/// <summary>
/// An upright RGB image of 8 bits per sample in memory of its own. Immutable, so any number of threads may read it until it is
/// disposed. The class <c>ImageCodec</c> adds loading and saving: <c>Image.Load("a.jpg")</c>, <c>image.Save("b.png")</c>.
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
            var pixels = new ReadOnlySpan<byte>(_memory.Pointer, (int)_memory.Length);
            return PixelFrame.Owned(pixels, Width, Height, PixelFormat.Rgb24, this);
        }
    }

    /// <summary>Copies a frame into an image of its own. Alpha is dropped; gray becomes equal red, green and blue.</summary>
    public static unsafe Image FromPixels(PixelFrame frame)
    {
        PixelMemory memory = PixelMemory.Allocate((long)frame.Width * frame.Height * 3);
        var image = new Image(memory, frame.Width, frame.Height);
        PixelPacking.ToRgb(frame, new Span<byte>(memory.Pointer, checked((int)memory.Length)));
        return image;
    }

    /// <summary>Frees the pixels. Frames taken before are invalid from here on.</summary>
    public void Dispose() => _memory.Dispose();
}
