namespace RfDetr.Synth;

/// <summary>A pinhole camera above the ground (y = 0), looking towards +z and down; one unit is its height.</summary>
internal sealed class Camera
{
    private readonly V3 _right, _up;
    private readonly float _centerX, _centerY;

    public Camera(SceneRandom random, int width, int height)
    {
        Position = new(0, 1, 0);
        float pitch = random.Chance(0.25f) ? random.Range(0.75f, 1.25f) : random.Range(0.2f, 0.75f);
        float roll = random.Range(-0.05f, 0.05f), yaw = random.Range(-0.2f, 0.2f);
        Rotation pose = Rotation.AboutY(yaw).After(Rotation.AboutX(pitch)).After(Rotation.AboutZ(roll));
        (_right, _up, Forward) = (pose.ToWorld(new(1, 0, 0)), pose.ToWorld(new(0, 1, 0)), pose.ToWorld(new(0, 0, 1)));
        Focal = Math.Max(width, height) * random.Range(0.9f, 1.7f);
        (_centerX, _centerY) = (width * 0.5f, height * 0.5f);
        GroundDistance = -1 / Forward.Y;
    }

    public V3 Position { get; }

    public V3 Forward { get; }

    /// <summary>Focal length in pixels.</summary>
    public float Focal { get; }

    /// <summary>From the camera to the ground through the image's center.</summary>
    public float GroundDistance { get; }

    /// <summary>Unit direction through a point of the image; pixel (column, row) has its center at (column + ½, row + ½).</summary>
    public V3 Direction(float x, float y) =>
        (Forward + _right * ((x - _centerX) / Focal) - _up * ((y - _centerY) / Focal)).Normalized;
}
