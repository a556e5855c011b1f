using System.Globalization;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>Images that a benchmark runs the model on.</summary>
internal static class BenchmarkInputs
{
    private const int Scenes = 8, Width = 640, Height = 480;
    private const ulong Seed = 1;

    /// <summary>The images of <c>--images</c>, or drawn scenes where there are none.</summary>
    public static ImageSet Read(IReadOnlyList<string> images)
    {
        if (images.Count == 0)
            return Draw();
        return Read(ImageOption.Files(images), $"{string.Join(", ", images.Take(3))}{(images.Count > 3 ? ", …" : "")}");
    }

    /// <summary>The first files, as many as a benchmark takes.</summary>
    public static ImageSet Read(IReadOnlyList<string> files, string origin)
    {
        string which = files.Count > ImageSet.MostImages ? $"the first {ImageSet.MostImages} of {files.Count}" : $"{files.Count}";
        return ImageSet.Read(files, $"{which} images of {origin}");
    }

    /// <summary>Drawn scenes as pixels; the caller disposes them.</summary>
    public static Image[] Probes(int count) => [.. Pixels(count).Select(rgb => Image.FromPixels(Frame(rgb)))];

    private static ImageSet Draw()
    {
        var encoded = new List<ReadOnlyMemory<byte>>();
        foreach (byte[] rgb in Pixels(Scenes))
            encoded.Add(Frame(rgb).Encode(ImageFormat.Jpeg));
        return new(encoded, string.Create(CultureInfo.InvariantCulture, $"{Scenes} drawn scenes of {Width}×{Height} (JPEG)"));
    }

    private static IEnumerable<byte[]> Pixels(int count)
    {
        var generator = new SceneGenerator();
        return Enumerable.Range(0, count).Select(i => generator.Render(Seed, i, Width, Height).Rgb);
    }

    private static PixelFrame Frame(byte[] rgb) => new(rgb, Width, Height, 0, PixelFormat.Rgb24);
}
