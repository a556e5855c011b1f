using System.Runtime.InteropServices;

namespace RfDetr;

/// <summary>One reference to a GObject, given back when the handle is released.</summary>
internal abstract class VipsObjectHandle : SafeHandle
{
    protected VipsObjectHandle(nint reference) : base(0, ownsHandle: true) => SetHandle(reference);

    public override bool IsInvalid => handle == 0;

    protected override unsafe bool ReleaseHandle()
    {
        Libvips.Api.ObjectUnref(handle);
        return true;
    }
}

/// <summary>A libvips image: a recipe for pixels that runs when they are asked for.</summary>
internal sealed unsafe class VipsImageHandle(nint reference) : VipsObjectHandle(reference)
{
    public int Width => Libvips.Api.ImageWidth(handle);

    public int Height => Libvips.Api.ImageHeight(handle);

    public int Bands => Libvips.Api.ImageBands(handle);

    public VipsBandFormat Format => (VipsBandFormat)Libvips.Api.ImageFormat(handle);

    public VipsInterpretation Interpretation => (VipsInterpretation)Libvips.Api.ImageInterpretation(handle);

    /// <summary>EXIF orientation 1–8; 1 without a tag.</summary>
    public int Orientation => Libvips.Api.ImageOrientation(handle);

    /// <summary>For set text: rows between the top of the line and the top of the ink.</summary>
    public int YOffset => Libvips.Api.ImageYOffset(handle);

    internal nint Pointer => handle;

    /// <summary>Wraps interleaved bytes without a copy; they must outlive the image.</summary>
    public static VipsImageHandle FromMemory(byte* pixels, int width, int height, int bands)
    {
        nuint size = checked((nuint)width * (nuint)height * (nuint)bands);
        nint image = Libvips.Api.ImageFromMemory(pixels, size, width, height, bands, (int)VipsBandFormat.Byte);
        return image != 0 ? new VipsImageHandle(image) : throw new VipsException("wrap pixels", Libvips.Api.TakeError());
    }

    /// <summary>Runs the recipe: interleaved rows without padding, in memory that the result owns.</summary>
    public PixelMemory ToMemory()
    {
        nuint size;
        void* pixels = Libvips.Api.ImageToMemory(handle, &size);
        return pixels != null
            ? PixelMemory.TakeFromVips(pixels, checked((long)size))
            : throw new VipsException("decode", Libvips.Api.TakeError());
    }

    /// <summary>Makes a running <see cref="ToMemory"/> stop with an error soon; safe from another thread.</summary>
    public void Kill() => Libvips.Api.ImageSetKill(handle, 1);
}

/// <summary>Sample types of libvips (<c>VipsBandFormat</c>) that are told apart here.</summary>
internal enum VipsBandFormat
{
    Byte = 0,
    UInt16 = 2,
}

/// <summary>Meanings of bands (<c>VipsInterpretation</c>) that are told apart here.</summary>
internal enum VipsInterpretation
{
    Multiband = 0,
    Gray = 1,
    Cmyk = 15,
    Rgb = 17,
    Srgb = 22,
    Rgb16 = 25,
    Gray16 = 26,
}

/// <summary>libvips refused; the caller knows the file's name and turns this into its own exception.</summary>
internal sealed class VipsException(string operation, string detail) : Exception($"libvips, {operation}: {detail}")
{
    public string Detail { get; } = detail;
}
