using Vips = NetVips;

namespace RfDetr;

/// <summary>
/// Converts the bands of a file to three bytes per pixel. The rules are Pillow's: alpha is dropped, not blended (a transparent
/// pixel keeps its stored color); CMYK is <c>(255 − c)(255 − k)/255</c> without color profiles. 16 bits become 8 by dropping the
/// low byte, where Pillow would clip gray at 255 and show white.
/// </summary>
internal static unsafe class BandMeaning
{
    /// <summary>
    /// CMYK with alpha. More bands are measurements rather than an image, and a header may claim 65,535 of them.
    /// </summary>
    private const int MaxBands = 5;

    public static void CheckBands(int bands, string source)
    {
        if (bands is < 1 or > MaxBands)
        {
            throw new ImageContentException(source, ImageFault.Unsupported,
                $"it has {bands} bands per pixel; images of 1 to {MaxBands} are read. Extract three bands first.");
        }
    }

    /// <summary>
    /// The same image with samples of one byte, or null if it has them already. Nothing is computed before the pixels are read.
    /// </summary>
    public static Vips.Image? ToBytes(Vips.Image image)
    {
        if (IsPlain(image.Interpretation))
            return image.Format == Vips.Enums.BandFormat.Uchar ? null : CastToByte(image);
        using Vips.Image rgb = image.Colourspace(Vips.Enums.Interpretation.Srgb);
        return CastToByte(rgb);
    }

    /// <summary>
    /// Interleaved bands to RGB. Takes over <paramref name="memory"/> and returns it unchanged if it holds RGB already.
    /// </summary>
    public static PixelMemory ToRgb(PixelMemory memory, int width, int height, int bands, bool cmyk)
    {
        if (bands == 3)
            return memory;
        using (memory)
        {
            long pixels = (long)width * height;
            PixelMemory rgb = PixelMemory.Allocate(pixels * 3);
            byte* from = memory.Pointer, to = rgb.Pointer;
            if (bands <= 2)
                FromGray(from, to, pixels, bands);
            else if (cmyk)
                FromCmyk(from, to, pixels, bands);
            else
                DropExtra(from, to, pixels, bands);
            return rgb;
        }
    }

    // Every other interpretation (Lab, scRGB, …) needs a conversion of color rather than of samples.
    private static bool IsPlain(Vips.Enums.Interpretation meaning) => meaning
        is Vips.Enums.Interpretation.Multiband or Vips.Enums.Interpretation.Bw or Vips.Enums.Interpretation.Cmyk
        or Vips.Enums.Interpretation.Rgb or Vips.Enums.Interpretation.Srgb or Vips.Enums.Interpretation.Rgb16
        or Vips.Enums.Interpretation.Grey16;

    private static Vips.Image CastToByte(Vips.Image image) =>
        image.Cast(Vips.Enums.BandFormat.Uchar, shift: image.Format == Vips.Enums.BandFormat.Ushort);

    private static void FromGray(byte* from, byte* to, long pixels, int bands)
    {
        for (long i = 0; i < pixels; i++, from += bands, to += 3)
            to[0] = to[1] = to[2] = *from;
    }

    private static void DropExtra(byte* from, byte* to, long pixels, int bands)
    {
        for (long i = 0; i < pixels; i++, from += bands, to += 3)
        {
            to[0] = from[0];
            to[1] = from[1];
            to[2] = from[2];
        }
    }

    private static void FromCmyk(byte* from, byte* to, long pixels, int bands)
    {
        for (long i = 0; i < pixels; i++, from += bands, to += 3)
        {
            int light = 255 - from[3];
            for (int c = 0; c < 3; c++)
                to[c] = (byte)Math.Max(light - Multiply(from[c], light), 0);
        }
    }

    // a·b/255, rounded without a division (Blinn, "Three wrongs make a right", 1995).
    private static int Multiply(int a, int b)
    {
        int t = a * b + 128;
        return (t + (t >> 8)) >> 8;
    }
}
