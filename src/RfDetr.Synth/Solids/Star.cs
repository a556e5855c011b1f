namespace RfDetr.Synth;

/// <summary>A five-pointed star in the x–z plane, given a thickness along y.</summary>
internal sealed class Star(SceneRandom random) : Solid
{
    private const float Sin36 = 0.58778525f, Cos36 = 0.80901699f, Outer = 0.89f;
    private readonly float _inner = Outer * random.Range(0.42f, 0.58f);
    private readonly float _half = random.Range(0.15f, 0.28f);
    private readonly float _round = random.Range(0.03f, 0.08f);

    public override float Bound => 1;

    public override bool Convex => false;

    public override float Distance(V3 p)
    {
        // Fold the plane into the wedge between one tip (0, Outer) and the notch beside it: mirrors at 0°, ±36°·k.
        float x = MathF.Abs(p.X), z = p.Z;
        Fold(ref x, ref z, Cos36, -Sin36);
        x = MathF.Abs(x);
        Fold(ref x, ref z, Cos36, -Sin36);
        x = MathF.Abs(x);

        float ex = _inner * Sin36, ez = _inner * Cos36 - Outer, px = x, pz = z - Outer;
        float along = PortableMath.Clamp01((px * ex + pz * ez) / (ex * ex + ez * ez));
        float dx = px - ex * along, dz = pz - ez * along;
        float side = px * -ez + pz * ex > 0 ? 1 : -1;
        float flat = side * MathF.Sqrt(dx * dx + dz * dz);

        float qy = MathF.Abs(p.Y) - _half + _round, ox = MathF.Max(flat, 0), oy = MathF.Max(qy, 0);
        return MathF.Sqrt(ox * ox + oy * oy) + MathF.Min(MathF.Max(flat, qy), 0) - _round;
    }

    public override float Support(V3 d)
    {
        float best = 0;
        for (int i = 0; i < 5; i++)
        {
            (float s, float c) = PortableMath.SinCos(i * 2 * PortableMath.Pi / 5);
            best = MathF.Max(best, Outer * (s * d.X + c * d.Z));
        }

        return best + (_half - _round) * MathF.Abs(d.Y) + _round;
    }

    /// <summary>
    /// Mirrors the point at the line through the origin with unit normal (nx, nz) if it lies on the normal's side.
    /// </summary>
    private static void Fold(ref float x, ref float z, float nx, float nz)
    {
        float over = 2 * MathF.Max(x * nx + z * nz, 0);
        x -= over * nx;
        z -= over * nz;
    }
}
