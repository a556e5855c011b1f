namespace RfDetr.Vision;

/// <summary>What a picture's header says; nothing is decoded.</summary>
/// <param name="Width">Pixels per row, after the EXIF orientation is applied.</param>
/// <param name="Height">Rows, after the EXIF orientation is applied.</param>
/// <param name="Format">File format, told by content.</param>
/// <param name="Orientation">EXIF orientation 1–8; 1 where there is none.</param>
public sealed record PictureInfo(int Width, int Height, PictureFormat Format, int Orientation)
{
    /// <summary>Most headers lie within this; only where it does not do is the whole file read.</summary>
    private const int Prefix = 64 * 1024;

    /// <summary>Reads the header of a file.</summary>
    /// <exception cref="ImageContentException">The file is no picture or exceeds the limits.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static PictureInfo Read(string path, PictureLimits? limits = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        limits = (limits ?? PictureLimits.Default).Validated();
        using FileStream file = PictureBytes.Open(path, limits);
        if (file.CanSeek && file.Length > Prefix)
        {
            byte[] start = new byte[Prefix];
            file.ReadExactly(start);
            try
            {
                return PictureDecoder.ReadInfo(start, path, limits);
            }
            catch (ImageContentException failure) when (failure.Fault is ImageFault.Truncated or ImageFault.Corrupt or ImageFault.Unsupported)
            {
                file.Position = 0;
            }
        }

        using PictureBytes bytes = PictureBytes.Read(file, path, limits);
        return PictureDecoder.ReadInfo(bytes.Span, path, limits);
    }

    /// <summary>Reads the header of encoded bytes.</summary>
    /// <exception cref="ImageContentException">The bytes are no picture or exceed the limits.</exception>
    public static PictureInfo Read(ReadOnlySpan<byte> encoded, PictureLimits? limits = null) =>
        PictureDecoder.ReadInfo(encoded, PictureDecoder.BytesName, (limits ?? PictureLimits.Default).Validated());
}
