namespace RfDetr.Synth;

/// <summary>
/// Draws images of solid things, lit and textured, with exact boxes and masks: material for tests, demonstrations and small
/// trainings that needs no download. The same (seed, index, size, options) gives the same bytes on every machine and for any
/// number of threads.
/// </summary>
/// <remarks>Thread-safe: one generator may render on many threads at once.</remarks>
public sealed class SceneGenerator
{
    /// <summary>Largest width and height in pixels.</summary>
    public const int MaxSide = 8192;

    private readonly SceneOptions _options;
    private readonly int[] _classIds;
    private readonly SceneRows _rows;

    /// <summary>Makes a generator.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public SceneGenerator(SceneOptions? options = null)
    {
        _options = options ?? new();
        _classIds = _options.Validate();
        _rows = new SceneRows(_options.Threads);
    }

    /// <summary>Class names in the order of <see cref="SceneObject.ClassId"/>.</summary>
    public static IReadOnlyList<string> ClassNames => ObjectClasses.Names;

    /// <summary>Renders image number <paramref name="index"/> of the series <paramref name="seed"/>.</summary>
    /// <param name="seed">Any number; it names the series.</param>
    /// <param name="index">Number of the image, at least 0.</param>
    /// <param name="width">Pixels, 8 to <see cref="MaxSide"/>.</param>
    /// <param name="height">Pixels, 8 to <see cref="MaxSide"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index or a side is out of range.</exception>
    public Scene Render(ulong seed, int index, int width = 640, int height = 480)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        CheckSide(width, nameof(width));
        CheckSide(height, nameof(height));

        SceneRandom random = new(seed, index);
        SceneLayout scene = new(_options, _classIds, random, width, height);
        Film film = new(random, scene.Brightness);
        (Shader shader, Visibility seen) = KeepVisible(scene, width, height);

        V3[] light = Antialiasing.Render(scene.Camera, shader, seen, width, height, _rows.ForEach);
        byte[] rgb = new byte[width * height * 3];
        _rows.ForEach(height, row => film.Develop(light, rgb, width, height, row));
        return new(width, height, rgb, seen.Annotate(scene.Objects));
    }

    /// <summary>
    /// Takes out what can hardly be seen, and looks again: what is not annotated must not be in the image either.
    /// </summary>
    private (Shader Shader, Visibility Seen) KeepVisible(SceneLayout scene, int width, int height)
    {
        int minPixels = Math.Max(1, Math.Min(_options.MinVisiblePixels, width * height / 64));
        while (true)
        {
            Shader shader = new(scene);
            Visibility seen = new(scene, shader, width, height, _rows.ForEach);
            List<Placed> kept = seen.Keep(scene.Objects, minPixels, _options.MinVisibleFraction);
            if (kept.Count == scene.Objects.Count)
                return (shader, seen);
            scene.Objects = kept;
        }
    }

    internal static void CheckSide(int side, string name)
    {
        if (side is < 8 or > MaxSide)
            throw new ArgumentOutOfRangeException(name, side, $"a scene's {name} must be 8 to {MaxSide} pixels, got {side}");
    }
}
