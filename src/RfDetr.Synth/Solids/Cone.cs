namespace RfDetr.Synth;

/// <summary>A cone, apex up; the intersection of a half-space and the inside of its slanted side.</summary>
internal sealed class Cone : Solid
{
    private const float EdgeWidth = 0.05f;
    private readonly float _half, _radius, _sideR, _sideY;

    public Cone(SceneRandom random)
    {
        float aspect = random.Range(0.65f, 1.1f); // half height : radius
        _radius = 1 / MathF.Sqrt(1 + aspect * aspect);
        _half = _radius * aspect;
        float slant = MathF.Sqrt(4 * _half * _half + _radius * _radius);
        (_sideR, _sideY) = (2 * _half / slant, _radius / slant);
    }

    public override float Bound => 1;

    // The side line is (tan a = radius : height); asin of a small angle by its series is exact enough to look right.
    public override float LyingTilt => PortableMath.Pi / 2 + _sideY + _sideY * _sideY * _sideY / 6;

    public override float Distance(V3 p) =>
        PortableMath.SmoothMax(Radial(p) * _sideR + (p.Y - _half) * _sideY, -_half - p.Y, EdgeWidth);

    public override float Support(V3 d) => MathF.Max(_half * d.Y, _radius * Radial(d) - _half * d.Y);
}
