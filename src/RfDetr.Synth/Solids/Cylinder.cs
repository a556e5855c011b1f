namespace RfDetr.Synth;

/// <summary>A can, from flat to tall.</summary>
internal sealed class Cylinder : Solid
{
    private readonly float _radius, _half, _round;

    public Cylinder(SceneRandom random)
    {
        float aspect = random.Range(0.7f, 1.9f); // height : diameter
        _radius = 1 / MathF.Sqrt(1 + aspect * aspect);
        _half = _radius * aspect;
        _round = random.Range(0.015f, 0.06f);
    }

    public override float Bound => 1;

    public override float Distance(V3 p) => Rectangle(Radial(p), p.Y, _radius, _half, _round);

    public override float Support(V3 d) => (_radius - _round) * Radial(d) + (_half - _round) * MathF.Abs(d.Y) + _round;
}
