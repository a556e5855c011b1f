namespace RfDetr.Synth;

/// <summary>A hollow cylinder, open at the top, with a handle in the x–y plane.</summary>
internal sealed class Mug(SceneRandom random) : Solid
{
    private const float HandleAt = 0.55f, HandleRadius = 0.3f, HandleThickness = 0.075f;
    private readonly float _radius = random.Range(0.52f, 0.6f);
    private readonly float _half = random.Range(0.5f, 0.72f);

    public override float Bound => 1;

    public override bool Convex => false;

    public override float Distance(V3 p)
    {
        float r = Radial(p);
        float outer = Rectangle(r, p.Y, _radius, _half, 0.04f);
        float inner = MathF.Max(r - _radius + 0.08f, 0.09f - _half - p.Y);
        float hx = MathF.Max(p.X - HandleAt, 0), hr = MathF.Sqrt(hx * hx + p.Y * p.Y) - HandleRadius;
        float handle = MathF.Sqrt(hr * hr + p.Z * p.Z) - HandleThickness;
        return PortableMath.SmoothMax(PortableMath.SmoothMin(outer, p.X > 0 ? handle : outer, 0.05f), -inner, 0.04f);
    }

    public override float Support(V3 d)
    {
        float handle =
            HandleAt * d.X + HandleRadius * MathF.Sqrt(MathF.Max(d.X, 0) * MathF.Max(d.X, 0) + d.Y * d.Y) + HandleThickness;
        return MathF.Max(_radius * Radial(d) + _half * MathF.Abs(d.Y), handle);
    }
}
