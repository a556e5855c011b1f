namespace RfDetr;

/// <summary>Content of an image's header; nothing is decoded.</summary>
/// <param name="Width">Pixels per row, after the EXIF orientation is applied.</param>
/// <param name="Height">Rows, after the EXIF orientation is applied.</param>
/// <param name="Format">File format, recognized by content.</param>
/// <param name="Orientation">EXIF orientation 1–8; 1 where there is none.</param>
internal sealed record ImageInfo(int Width, int Height, ImageFormat Format, int Orientation)
{
    /// <summary>Most headers lie within this; only where it does not do is the whole file read.</summary>
    private const int Prefix = 64 * 1024;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="ImageContentException">The file is no image or exceeds the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static ImageInfo Read(string path, ImageLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = ImageLimits.OrDefault(limits);
        using FileStream file = ImageBytes.Open(path, limits);
        if (file.CanSeek && file.Length > Prefix)
        {
            byte[] start = new byte[Prefix];
            file.ReadExactly(start);
            try
            {
                return ImageDecoder.ReadInfo(start, path, limits);
            }
            catch (ImageContentException failure)
                when (failure.Fault is ImageFault.Truncated or ImageFault.Corrupt or ImageFault.Unsupported)
            {
                file.Position = 0;
            }
        }

        using ImageBytes bytes = ImageBytes.Read(file, path, limits);
        return ImageDecoder.ReadInfo(bytes.Span, path, limits);
    }

    /// <summary>Reads the header of encoded bytes.</summary>
    /// <exception cref="ImageContentException">The bytes are no image or exceed the limits.</exception>
    public static ImageInfo Read(ReadOnlySpan<byte> encoded, ImageLimits? limits = null) =>
        ImageDecoder.ReadInfo(encoded, ImageDecoder.BytesName, ImageLimits.OrDefault(limits));
}
