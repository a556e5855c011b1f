namespace RfDetr.Synth;

/// <summary>A pill: all points within a radius of a segment.</summary>
internal sealed class Capsule : Solid
{
    private readonly float _radius, _half;

    public Capsule(SceneRandom random)
    {
        _radius = random.Range(0.28f, 0.45f);
        _half = 1 - _radius;
    }

    public override float Bound => 1;

    public override float Distance(V3 p) => new V3(p.X, MathF.Max(MathF.Abs(p.Y) - _half, 0), p.Z).Length - _radius;

    public override float Support(V3 d) => _half * MathF.Abs(d.Y) + _radius;
}
