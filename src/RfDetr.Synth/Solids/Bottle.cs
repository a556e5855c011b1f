namespace RfDetr.Synth;

/// <summary>A body and a neck melted into a shoulder, with a lip.</summary>
internal sealed class Bottle(SceneRandom random) : Solid
{
    private readonly float _body = random.Range(0.3f, 0.42f);
    private readonly float _neck = random.Range(0.1f, 0.15f);
    private readonly float _shoulder = random.Range(0.0f, 0.25f);

    public override float Bound => 1.02f;

    public override bool Convex => false;

    public override float Distance(V3 p)
    {
        float r = Radial(p);
        float bodyHalf = (_shoulder + 0.92f) / 2;
        float body = Rectangle(r, p.Y + 0.92f - bodyHalf, _body, bodyHalf, 0.08f);
        float neck = Rectangle(r, p.Y - 0.4f, _neck, 0.55f, 0.03f);
        float lip = Rectangle(r, p.Y - 0.87f, _neck + 0.05f, 0.1f, 0.03f);
        return MathF.Min(PortableMath.SmoothMin(body, neck, 0.36f), lip);
    }

    public override float Support(V3 d) =>
        MathF.Max(_body * Radial(d) + (d.Y > 0 ? _shoulder : -0.92f) * d.Y, (_neck + 0.05f) * Radial(d) + 0.97f * d.Y);
}
