using Vips = NetVips;

namespace RfDetr;

/// <summary>
/// Memory that libvips needs to decode an image, in bytes per pixel: the most that a format can ask for, known from the header
/// alone. A file of 2 kB can claim any size, so <see cref="ImageLimits"/> asks before the first pixel is decoded.
/// </summary>
internal static class DecodingCost
{
    /// <summary>A progressive color JPEG: three coefficients of two bytes, and three samples.</summary>
    public const int ColorJpeg = 9;

    /// <summary>Bytes per pixel at the peak of decoding, the decoded samples included.</summary>
    /// <param name="format">The file's format.</param>
    /// <param name="bands">Samples per pixel in the file.</param>
    /// <param name="sample">Type of a sample in the file.</param>
    public static int Of(ImageFormat format, int bands, Vips.Enums.BandFormat sample)
    {
        int stored = bands * SizeOf(sample);
        return format switch
        {
            ImageFormat.Jpeg => 3 * bands,             // progressive: a coefficient of two bytes for each sample
            ImageFormat.Png => stored + bands,         // interlaced: the whole image before its first row
            ImageFormat.Tiff => stored + bands,        // one strip may hold the whole image
            ImageFormat.Webp => 4 + 4 + bands,         // the decoder's own picture, its frame, and the samples
            ImageFormat.Gif => 4 + 4 + bands,          // the frame, the one to restore, and the samples
            ImageFormat.Heif => 4 * 2 * 4 + bands,     // planes of 16 bits, several frames of them
            _ => 3,
        };
    }

    private static int SizeOf(Vips.Enums.BandFormat sample) => sample switch
    {
        Vips.Enums.BandFormat.Uchar or Vips.Enums.BandFormat.Char => 1,
        Vips.Enums.BandFormat.Ushort or Vips.Enums.BandFormat.Short => 2,
        Vips.Enums.BandFormat.Uint or Vips.Enums.BandFormat.Int or Vips.Enums.BandFormat.Float => 4,
        Vips.Enums.BandFormat.Double or Vips.Enums.BandFormat.Complex => 8,
        _ => 16,
    };
}
