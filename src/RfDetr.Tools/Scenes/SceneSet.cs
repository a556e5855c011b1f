using RfDetr.Data;
using RfDetr.Synth;

namespace RfDetr.Tools;

/// <summary>A series of drawn scenes.</summary>
public sealed record SceneSetOptions
{
    /// <summary>Number of images, at least 1.</summary>
    public required int Count { get; init; }

    /// <summary>Number of the first image in the series, at least 0.</summary>
    public int First { get; init; }

    /// <summary>The series: the same seed gives the same images. At least 0.</summary>
    public int Seed { get; init; }

    /// <summary>Width in pixels, 1 to <see cref="SceneGenerator.MaxSide"/>.</summary>
    public int Width { get; init; } = 640;

    /// <summary>Height in pixels, 1 to <see cref="SceneGenerator.MaxSide"/>.</summary>
    public int Height { get; init; } = 480;

    /// <summary>JPEG quality, 1 to 100.</summary>
    public int Quality { get; init; } = 88;

    /// <summary>Objects of the scenes.</summary>
    public SceneOptions Scenes { get; init; } = new();

    internal void Validate()
    {
        var wrong = new List<string>();
        void Check(string name, int value, int least, int most)
        {
            if (value < least || value > most)
                wrong.Add(Invariant.Text($"{name} is {value}, expected {least}..{most}"));
        }

        Check(nameof(Count), Count, 1, int.MaxValue);
        Check(nameof(First), First, 0, int.MaxValue - Math.Max(Count, 0));
        Check(nameof(Seed), Seed, 0, int.MaxValue);
        Check(nameof(Width), Width, 1, SceneGenerator.MaxSide);
        Check(nameof(Height), Height, 1, SceneGenerator.MaxSide);
        Check(nameof(Quality), Quality, 1, 100);
        if (wrong.Count > 0)
            throw new ArgumentException("scene set options: " + string.Join("; ", wrong));
    }
}

/// <summary>
/// Drawn scenes with exact boxes and masks as a COCO data set. Category ids are the class's number among all classes plus one.
/// </summary>
public static class SceneSet
{
    /// <summary>The name of the annotations beside the images: Roboflow's.</summary>
    public const string AnnotationFile = LayoutFinder.RoboflowFile;

    /// <summary>Draws the images into a folder and, when all are there, writes their annotations.</summary>
    /// <param name="folder">The folder; made if it is missing.</param>
    /// <param name="options">The series.</param>
    /// <param name="progress">Receives the number of images done.</param>
    /// <param name="cancellationToken">Ends the work; images that are done stay, annotations are not written.</param>
    /// <returns>Number of objects in all images.</returns>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="IOException">A file cannot be written.</exception>
    public static int Write(
        string folder, SceneSetOptions options, IProgress<int>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var generator = new SceneGenerator(options.Scenes); // reports mistakes before a folder is made
        Directory.CreateDirectory(folder);
        var images = new List<CocoImage>();
        var annotations = new List<CocoAnnotation>();
        for (int i = 0; i < options.Count; i++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            int number = options.First + i;
            Scene scene = generator.Render((ulong)options.Seed, number, options.Width, options.Height);
            string name = Invariant.Text($"scene-{options.Seed}-{number:00000}.jpg");
            var frame = new PixelFrame(scene.Rgb, scene.Width, scene.Height, 0, PixelFormat.Rgb24);
            frame.Save(Path.Combine(folder, name), new EncodeOptions { Quality = options.Quality });
            images.Add(new CocoImage(i + 1, name, scene.Width, scene.Height));
            foreach (SceneObject item in scene.Objects)
                annotations.Add(Annotation(scene, item, annotations.Count + 1, images.Count));
            progress?.Report(images.Count);
        }

        new CocoFile(folder, images, Categories(options.Scenes.Classes), annotations).Write(Path.Combine(folder, AnnotationFile));
        return annotations.Count;
    }

    // Only classes that are drawn become categories; their ids are those of the full list.
    private static List<CocoCategory> Categories(IReadOnlyList<string>? drawn) =>
    [
        .. SceneGenerator.ClassNames.Select((name, i) =>
            new CocoCategory(i + 1, name)).Where(c => drawn?.Contains(c.Name) != false),
    ];

    private static CocoAnnotation Annotation(Scene scene, SceneObject item, int id, int imageId)
    {
        PixelBox box = item.Box;
        var visible = new BitMask(scene.Height, scene.Width);
        for (int y = 0; y < box.Height; y++)
        {
            for (int x = 0; x < box.Width; x++)
                visible[box.Y1 + y, box.X1 + x] = item.Mask[y * box.Width + x] != 0;
        }

        return new CocoAnnotation
        {
            Id = id,
            ImageId = imageId,
            CategoryId = item.ClassId + 1,
            Box = new BoxXywh(box.X1, box.Y1, box.Width, box.Height),
            Area = item.Area,
            Segmentation = new CocoRunLengths(RleMask.Encode(visible)),
        };
    }
}
