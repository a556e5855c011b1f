using System.Globalization;

namespace RfDetr.Tests.Front;

/// <summary>A folder with a small model, images that differ, and what a result says as text.</summary>
public abstract class FrontTest : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected FrontTest() => Model = FrontModel.Write(_folder["model.safetensors"]);

    /// <summary>Every candidate, so that nothing hides below a threshold.</summary>
    protected static DetectOptions Everything { get; } = new() { ScoreThreshold = 0 };

    /// <summary>The checkpoint <see cref="FrontModel"/>.</summary>
    protected string Model { get; }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected string At(string name) => _folder[name];

    /// <summary>Writes an image file that no other number gives.</summary>
    protected string ImageFile(int number, int width = 61, int height = 43)
    {
        string path = _folder[string.Create(CultureInfo.InvariantCulture, $"image{number}.bmp")];
        TestImages.WriteBmp(path, width, height, number);
        return path;
    }

    protected Image Image(int number, int width = 61, int height = 43) => RfDetr.Image.Load(ImageFile(number, width, height));

    /// <summary>Everything that a result says but its times, each number to its last bit.</summary>
    protected static string Text(Detections found) =>
        $"{found.Width}×{found.Height}: " + string.Join("; ", found.Items.Select(d => string.Create(
            CultureInfo.InvariantCulture,
            $"{d.ClassId} {d.ClassName} {d.Score:R} [{d.Box.X1:R} {d.Box.Y1:R} {d.Box.X2:R} {d.Box.Y2:R}] "
                + $"{d.Mask?.ToCompressedString()}")));

    protected virtual void Dispose(bool disposing) => _folder.Dispose();
}
