namespace RfDetr.Synth;

/// <summary>A dome on a stem that flares a little towards the ground.</summary>
internal sealed class Mushroom(SceneRandom random) : Solid
{
    private readonly float _stem = random.Range(0.17f, 0.27f);
    private readonly float _cap = random.Range(0.74f, 0.9f);
    private readonly float _rim = random.Range(-0.05f, 0.15f);

    public override float Bound => 1;

    public override bool Convex => false;

    public override float Distance(V3 p)
    {
        float r = Radial(p), y = p.Y + 0.15f;
        float cap = PortableMath.SmoothMax(MathF.Sqrt(r * r + y * y) - _cap, _rim - p.Y, 0.14f);
        float flare = 0.12f * PortableMath.Clamp01(-p.Y);
        float stem = Rectangle(r, p.Y + 0.3f, _stem + flare, 0.52f, 0.07f);
        return 0.95f * PortableMath.SmoothMin(cap, stem, 0.1f); // the flare makes the stem's distance up to 1 % too great
    }

    public override float Support(V3 d)
    {
        // The dome where its own round faces that way, else the rim, which rounding has set back by a quarter of its width.
        float y = _rim + 0.04f, inner = _cap - 0.035f, rim = MathF.Sqrt(inner * inner - (y + 0.15f) * (y + 0.15f));
        float dome = _cap * d.Y - 0.15f > _rim ? _cap - 0.15f * d.Y : rim * Radial(d) + y * d.Y;
        return MathF.Max(dome, (_stem + 0.08f) * Radial(d) - 0.82f * d.Y);
    }
}
