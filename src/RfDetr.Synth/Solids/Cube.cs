namespace RfDetr.Synth;

/// <summary>A cube with slightly rounded edges, which catch the light.</summary>
internal sealed class Cube(SceneRandom random) : Solid
{
    private const float Half = 0.57f;
    private readonly float _round = random.Range(0.02f, 0.1f);

    public override float Bound => Half * 1.7320508f;

    public override float Distance(V3 p)
    {
        float x = MathF.Abs(p.X) - Half + _round, y = MathF.Abs(p.Y) - Half + _round, z = MathF.Abs(p.Z) - Half + _round;
        V3 outside = new(MathF.Max(x, 0), MathF.Max(y, 0), MathF.Max(z, 0));
        return outside.Length + MathF.Min(MathF.Max(x, MathF.Max(y, z)), 0) - _round;
    }

    public override float Support(V3 d) => (Half - _round) * (MathF.Abs(d.X) + MathF.Abs(d.Y) + MathF.Abs(d.Z)) + _round;
}
