namespace RfDetr.Synth;

/// <summary>
/// Draws clips of moving solid things with exact boxes, masks and ids: occlusion, entering and leaving, a moving camera. The same
/// (seed, index, size, options) gives the same bytes on every machine.
/// </summary>
/// <remarks>Thread-safe: one generator may draw several clips at once.</remarks>
public sealed class ClipGenerator
{
    // Keeps the motion's numbers apart from those of the scene.
    private const ulong MotionStream = 0x636c6970;

    private readonly ClipOptions _options;
    private readonly int[] _classIds;
    private readonly SceneRows _rows;

    /// <summary>Makes a generator.</summary>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all that are.</exception>
    public ClipGenerator(ClipOptions? options = null)
    {
        _options = options ?? new();
        _classIds = _options.Validate();
        _rows = new SceneRows(_options.Scene.Threads);
    }

    /// <summary>
    /// Draws clip number <paramref name="index"/> of the series <paramref name="seed"/>, frame by frame as they are asked for.
    /// </summary>
    /// <param name="seed">Any number; it names the series.</param>
    /// <param name="index">Number of the clip, at least 0. Its first frame shows the scene of that number.</param>
    /// <param name="width">Pixels, 8 to <see cref="SceneGenerator.MaxSide"/>.</param>
    /// <param name="height">Pixels, 8 to <see cref="SceneGenerator.MaxSide"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index or a side is out of range.</exception>
    public IEnumerable<ClipFrame> Draw(ulong seed, int index, int width = 640, int height = 480)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        SceneGenerator.CheckSide(width, nameof(width));
        SceneGenerator.CheckSide(height, nameof(height));
        return Frames(seed, index, width, height);
    }

    private IEnumerable<ClipFrame> Frames(ulong seed, int index, int width, int height)
    {
        var random = new SceneRandom(seed, index);
        var layout = new SceneLayout(_options.Scene, _classIds, random, width, height);
        var film = new Film(random, layout.Brightness);
        var stage = new ClipStage(_options, _classIds, layout, new SceneRandom(seed ^ MotionStream, index), width, height);
        int minPixels = Math.Max(1, Math.Min(_options.Scene.MinVisiblePixels, width * height / 64));
        for (int frame = 0; frame < _options.Frames; frame++)
        {
            if (frame > 0)
                stage.Advance();
            SceneLayout scene = stage.Scene;
            var shader = new Shader(scene);
            var seen = new Visibility(scene, shader, width, height, _rows.ForEach);
            V3[] light = Antialiasing.Render(scene.Camera, shader, seen, width, height, _rows.ForEach);
            var rgb = new byte[width * height * 3];
            int number = frame;
            _rows.ForEach(height, row => film.Develop(light, rgb, width, height, row, number));
            var time = TimeSpan.FromSeconds(frame / _options.FramesPerSecond);
            yield return new ClipFrame(frame, time, width, height, rgb, Objects(stage, scene, seen, minPixels));
        }
    }

    private List<ClipObject> Objects(ClipStage stage, SceneLayout scene, Visibility seen, int minPixels)
    {
        var objects = new List<ClipObject>();
        for (int i = 0; i < scene.Objects.Count; i++)
        {
            if (seen.Annotate(scene.Objects[i], i) is not { } o)
                continue;
            bool counted = o.Area >= minPixels && o.Area >= _options.Scene.MinVisibleFraction * o.AmodalArea;
            objects.Add(new ClipObject(stage.Ids[i], o, counted));
        }

        return objects;
    }
}
