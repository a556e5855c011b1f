namespace RfDetr.Synth;

/// <summary>A torus about the y axis.</summary>
internal sealed class Ring : Solid
{
    private readonly float _major, _minor;

    public Ring(SceneRandom random)
    {
        _minor = random.Range(0.16f, 0.3f);
        _major = 1 - _minor;
    }

    public override float Bound => 1;

    public override bool Convex => false;

    public override float Distance(V3 p)
    {
        float r = Radial(p) - _major;
        return MathF.Sqrt(r * r + p.Y * p.Y) - _minor;
    }

    public override float Support(V3 d) => _major * Radial(d) + _minor;
}
