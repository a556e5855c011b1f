using static RfDetr.Synth.PortableMath;

namespace RfDetr.Synth;

/// <summary>Surroundings that objects stand on and before: the ground plane and, beyond it, a wall or the sky.</summary>
internal sealed class Backdrop
{
    private readonly V3 _wallNormal, _wallRight;
    private readonly float _wallDistance, _turnSin, _turnCos, _scale;
    private readonly uint _cloudSeed;
    private readonly V3 _skyLow, _skyHigh, _skirtingColor;
    private readonly float _skirting;

    public Backdrop(SceneRandom random, Camera camera)
    {
        Outdoor = random.Chance(0.25f);
        (_turnSin, _turnCos) = SinCos(random.Range(0, 2 * Pi));
        _scale = 1 / camera.GroundDistance;
        Ground = Outdoor ? SurfaceMaker.Terrain(random) : SurfaceMaker.Floor(random);
        Wall = SurfaceMaker.Wall(random);
        (float s, float c) = SinCos(random.Range(-0.55f, 0.55f));
        (_wallNormal, _wallRight) = (new(s, 0, -c), new(c, 0, s));
        _wallDistance = camera.GroundDistance * random.Range(1.2f, 2.4f);
        _skirting = random.Chance(0.5f) ? random.Range(0.03f, 0.09f) : 0;
        _skirtingColor = V3.Mix(V3.Gray(random.Range(0.1f, 0.8f)), Wall.ColorA, random.Range(0, 0.6f));
        _cloudSeed = random.NextUInt32();
        (_skyLow, _skyHigh) =
            (new V3(0.72f, 0.8f, 0.88f) * random.Range(0.7f, 1.1f), new V3(0.16f, 0.34f, 0.72f) * random.Range(0.5f, 1.2f));
    }

    public bool Outdoor { get; }

    public Surface Ground { get; }

    public Surface Wall { get; }

    public V3 WallNormal => _wallNormal;

    /// <summary>Free distance between a point and the wall; infinite outdoors.</summary>
    public float WallClearance(V3 p) => Outdoor ? float.PositiveInfinity : _wallDistance + V3.Dot(p, _wallNormal);

    /// <summary>The first of ground and wall that a ray meets; distance infinite if it goes to the sky.</summary>
    public (float Distance, bool IsWall) Intersect(V3 origin, V3 direction)
    {
        float ground = direction.Y < 0 ? -origin.Y / direction.Y : float.PositiveInfinity;
        float towards = -V3.Dot(direction, _wallNormal);
        float wall = !Outdoor && towards > 1e-6f ? WallClearance(origin) / towards : float.PositiveInfinity;
        return wall < ground ? (wall, true) : (ground, false);
    }

    /// <summary>Color of the ground at a point; <paramref name="footprint"/> in world units.</summary>
    public V3 GroundColor(V3 p, float footprint)
    {
        V3 q = new((p.X * _turnCos + p.Z * _turnSin) * _scale + 7.3f, 0, (p.Z * _turnCos - p.X * _turnSin) * _scale + 3.1f);
        return Ground.Color(q, footprint * _scale);
    }

    /// <summary>Color of the wall at a point; <paramref name="footprint"/> in world units.</summary>
    public V3 WallColor(V3 p, float footprint)
    {
        if (p.Y * _scale < _skirting)
            return _skirtingColor * (p.Y * _scale > _skirting * 0.93f ? 0.55f : 1);
        return Wall.Color(new V3(V3.Dot(p, _wallRight) * _scale + 5.2f, p.Y * _scale, 0), footprint * _scale);
    }

    /// <summary>Sky with clouds, for rays that meet nothing.</summary>
    public V3 Sky(V3 direction)
    {
        float up = Clamp01(direction.Y * 1.6f + 0.05f);
        V3 sky = V3.Mix(_skyLow, _skyHigh, up * (2 - up));
        float far = 1 / (MathF.Abs(direction.Y) + 0.12f);
        float cloud = Noise.Fractal(new(direction.X * far * 2, 0, direction.Z * far * 2), 5, 0, _cloudSeed);
        return V3.Mix(sky, V3.Gray(0.95f), 0.8f * SmoothStep(0.5f, 0.75f, cloud));
    }

    /// <summary>Share of a far point's color that haze takes.</summary>
    public float Haze(float distance) => Outdoor ? 1 - 1 / (1 + distance * _scale * distance * _scale * 0.02f) : 0;
}
