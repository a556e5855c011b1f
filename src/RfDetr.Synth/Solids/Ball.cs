namespace RfDetr.Synth;

internal sealed class Ball : Solid
{
    public override float Bound => 1;

    public override float Distance(V3 p) => p.Length - 1;

    public override float Support(V3 d) => 1;
}
