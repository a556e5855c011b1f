namespace RfDetr.Synth;

/// <summary>A pinhole camera above the ground (y = 0), looking towards +z and down; one unit is its height.</summary>
internal sealed class Camera
{
    private readonly V3 _right, _up;
    private readonly float _centerX, _centerY, _yaw, _pitch, _roll;

    public Camera(SceneRandom random, int width, int height)
        : this(DrawAngles(random), Math.Max(width, height) * random.Range(0.9f, 1.7f), width * 0.5f, height * 0.5f)
    {
    }

    private Camera((float Yaw, float Pitch, float Roll) angles, float focal, float centerX, float centerY)
    {
        Position = new(0, 1, 0);
        (_yaw, _pitch, _roll) = angles;
        Rotation pose = Rotation.AboutY(_yaw).After(Rotation.AboutX(_pitch)).After(Rotation.AboutZ(_roll));
        (_right, _up, Forward) = (pose.ToWorld(new(1, 0, 0)), pose.ToWorld(new(0, 1, 0)), pose.ToWorld(new(0, 0, 1)));
        Focal = focal;
        (_centerX, _centerY) = (centerX, centerY);
        GroundDistance = -1 / Forward.Y;
    }

    public V3 Position { get; }

    public V3 Forward { get; }

    /// <summary>Focal length in pixels.</summary>
    public float Focal { get; }

    /// <summary>From the camera to the ground through the image's center.</summary>
    public float GroundDistance { get; }

    /// <summary>The same camera, turned to the right and downwards, in radians.</summary>
    public Camera Turned(float yaw, float pitch) => new((_yaw + yaw, _pitch + pitch, _roll), Focal, _centerX, _centerY);

    /// <summary>The place of a world point in the image, in pixels; null if it lies behind the camera.</summary>
    public (float X, float Y)? Project(V3 world)
    {
        V3 way = world - Position;
        float depth = V3.Dot(way, Forward);
        return depth <= 0 ? null : (_centerX + Focal * V3.Dot(way, _right) / depth, _centerY - Focal * V3.Dot(way, _up) / depth);
    }

    /// <summary>
    /// Unit direction through a point of the image; pixel (column, row) has its center at (column + ½, row + ½).
    /// </summary>
    public V3 Direction(float x, float y) =>
        (Forward + _right * ((x - _centerX) / Focal) - _up * ((y - _centerY) / Focal)).Normalized;

    private static (float Yaw, float Pitch, float Roll) DrawAngles(SceneRandom random)
    {
        float pitch = random.Chance(0.25f) ? random.Range(0.75f, 1.25f) : random.Range(0.2f, 0.75f);
        float roll = random.Range(-0.05f, 0.05f), yaw = random.Range(-0.2f, 0.2f);
        return (yaw, pitch, roll);
    }
}
