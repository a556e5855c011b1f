using Vips = NetVips;

namespace RfDetr;

/// <summary>Functions that every caller of NetVips needs: pixels out of an image, and the reason of a failure.</summary>
internal static class VipsPixels
{
    private static readonly Action<nint> s_free = Vips.NetVips.Free;

    /// <summary>Runs the image's pipeline: interleaved samples, rows without padding, in memory that the result owns.</summary>
    /// <exception cref="Vips.VipsException">Decoding failed, or the image was killed.</exception>
    public static PixelMemory Read(Vips.Image image)
    {
        nint pixels = image.WriteToMemory(out ulong size);
        return PixelMemory.Adopt(pixels, checked((long)size), s_free);
    }

    /// <summary>
    /// libvips' own words in one line. Its buffer of errors belongs to the whole process, so under parallel failures the text may
    /// hold
    /// a line of another thread: it is shown as a detail and never decides anything.
    /// </summary>
    public static string Reason(Vips.VipsException failure)
    {
        // The first line is NetVips' own ("unable to call jpegload_source").
        const StringSplitOptions clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        IEnumerable<string> lines = failure.Message.Split('\n', clean);
        string joined = string.Join("; ", lines.Skip(1).Distinct().Take(3));
        joined = string.Concat(joined.Select(c => char.IsControl(c) ? '\uFFFD' : c));   // it may quote the file
        return joined.Length switch { 0 => "no reason given", > 300 => joined[..300] + "…", _ => joined };
    }
}
