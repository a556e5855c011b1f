namespace RfDetr.Synth;

/// <summary>
/// Moves the objects of a scene and its camera from frame to frame. Objects walk on the ground, turn, stop, avoid each other,
/// leave and arrive.
/// </summary>
internal sealed class ClipStage
{
    // Visibility has one bit per object.
    private const int MostObjects = 64;

    // An object has left when its center is so far outside, as a share of the image's width.
    private const float LeftBehind = 0.35f;
    private const float TurnsPerSecond = 0.5f;
    private const float StopsPerSecond = 0.15f;
    private const float FastestSpin = 1.2f;

    private readonly ClipOptions _options;
    private readonly int[] _classIds;
    private readonly SceneLayout _first;
    private readonly SceneRandom _random;
    private readonly int _width, _height;
    private readonly float _seconds;
    private readonly List<Actor> _actors = [];
    private float _yaw, _pitch, _yawSpeed;
    private int _lastId;

    public ClipStage(ClipOptions options, int[] classIds, SceneLayout first, SceneRandom random, int width, int height)
    {
        (_options, _classIds, _first, _random, _width, _height) = (options, classIds, first, random, width, height);
        _seconds = 1 / (float)options.FramesPerSecond;
        Camera = first.Camera;
        foreach (Placed placed in first.Objects)
            _actors.Add(new Actor(++_lastId, placed) { Way = Walk(placed), Spin = Spin() });
    }

    public Camera Camera { get; private set; }

    /// <summary>The scene as it is now.</summary>
    public SceneLayout Scene => _first.With(Camera, [.. _actors.Select(a => a.Placed)]);

    /// <summary>Ids in the order of the scene's objects.</summary>
    public IReadOnlyList<int> Ids => [.. _actors.Select(a => a.Id)];

    /// <summary>Moves on by a frame.</summary>
    public void Advance()
    {
        TurnCamera();
        foreach (Actor actor in _actors)
            Move(actor);
        _ = _actors.RemoveAll(HasLeft);
        if (_actors.Count < MostObjects && _random.Chance((float)_options.Arrivals * _seconds))
            Arrive();
    }

    private void TurnCamera()
    {
        switch (_options.Camera)
        {
            case ClipCamera.Pan:
                _yawSpeed += _random.Range(-0.25f, 0.25f) * MathF.Sqrt(_seconds) - 0.4f * _yaw * _seconds;
                _yawSpeed *= 1 - 0.5f * _seconds;
                _yaw += _yawSpeed * _seconds;
                break;
            case ClipCamera.Shake:
                bool jerk = _random.Chance(0.8f * _seconds);
                float reach = jerk ? 0.06f : 0.003f;
                _yaw = 0.9f * _yaw + _random.Range(-reach, reach);
                _pitch = 0.9f * _pitch + 0.6f * _random.Range(-reach, reach);
                break;
            default:
                return;
        }

        Camera = _first.Camera.Turned(_yaw, _pitch);
    }

    private void Move(Actor actor)
    {
        if (_random.Chance(TurnsPerSecond * _seconds))
            (actor.Way, actor.Spin) = (Walk(actor.Placed), Spin());
        else if (_random.Chance(StopsPerSecond * _seconds))
            (actor.Way, actor.Spin) = (default, 0);
        Placed next = actor.Placed.Moved(actor.Placed.Center + actor.Way * _seconds, actor.Spin * _seconds);
        if (_first.Fits(next, [.. _actors.Where(a => a != actor).Select(a => a.Placed)]))
            actor.Placed = next;
        else
            actor.Way = Walk(actor.Placed); // something is in the way: another way is tried in the next frame
    }

    // A velocity on the ground that looks about as fast as was asked for, more often sideways than in depth.
    private V3 Walk(Placed placed)
    {
        float distance = (placed.Center - Camera.Position).Length;
        float speed = (float)_options.Speed * _width * distance / Camera.Focal * _random.Range(0.3f, 1.7f);
        float side = _random.Chance(0.5f) ? 1 : -1, depth = _random.Range(-0.6f, 0.6f);
        return new V3(side, 0, depth).Normalized * speed;
    }

    private float Spin() => _random.Range(-FastestSpin, FastestSpin);

    private bool HasLeft(Actor actor) => Camera.Project(actor.Placed.Center) is not { } seen
        || seen.X < -LeftBehind * _width || seen.X > (1 + LeftBehind) * _width || seen.Y > (1 + LeftBehind) * _height;

    // From the left or the right, heading for the other side.
    private void Arrive()
    {
        bool fromLeft = _random.Chance(0.5f);
        float largest = (float)Math.Max(0.1, 0.6 * _options.Scene.MaxObjectFraction);
        float size = Math.Min(_width, _height) * _random.Range(0.08f, largest);
        float x = fromLeft ? -0.6f * size : _width + 0.6f * size, y = _random.Range(0.4f, 0.95f) * _height;
        Placed[] others = [.. _actors.Select(a => a.Placed)];
        if (_first.Another(_classIds, _random, size, Camera.Direction(x, y), others) is not { } placed)
            return;
        V3 way = Walk(placed);
        if (way.X > 0 != fromLeft)
            way = new V3(-way.X, way.Y, way.Z);
        _actors.Add(new Actor(++_lastId, placed) { Way = way, Spin = Spin() });
    }

    private sealed class Actor(int id, Placed placed)
    {
        public int Id { get; } = id;

        public Placed Placed { get; set; } = placed;

        public V3 Way { get; set; }

        /// <summary>Turn about the vertical, in radians per second.</summary>
        public float Spin { get; set; }
    }
}
