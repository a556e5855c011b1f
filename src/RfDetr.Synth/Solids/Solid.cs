namespace RfDetr.Synth;

/// <summary>A solid by its signed distance, in its own frame: axis along y, about as large as the unit ball.</summary>
internal abstract class Solid
{
    /// <summary>Radius about the origin that holds the whole solid.</summary>
    public abstract float Bound { get; }

    /// <summary>True if no part can shade another part of the same solid.</summary>
    public virtual bool Convex => true;

    /// <summary>Angle in radians by which the solid tips over to lie on its side.</summary>
    public virtual float LyingTilt => PortableMath.Pi / 2;

    /// <summary>Signed distance to the surface, or less (never more, so that a ray may go that far).</summary>
    public abstract float Distance(V3 p);

    /// <summary>
    /// Distance that the solid reaches in unit direction <paramref name="d"/>: the greatest dot product with any of its points.
    /// </summary>
    public abstract float Support(V3 d);

    /// <summary>Unit normal at a surface point, from differences at the corners of a small tetrahedron.</summary>
    public V3 Normal(V3 p)
    {
        const float e = 0.006f;
        float a = Distance(new(p.X + e, p.Y - e, p.Z - e)), b = Distance(new(p.X - e, p.Y - e, p.Z + e));
        float c = Distance(new(p.X - e, p.Y + e, p.Z - e)), d = Distance(new(p.X + e, p.Y + e, p.Z + e));
        return new V3(a - b - c + d, c + d - a - b, b + d - a - c).Normalized;
    }

    /// <summary>Distance from the axis.</summary>
    protected static float Radial(V3 p) => MathF.Sqrt(p.X * p.X + p.Z * p.Z);

    /// <summary>
    /// Signed distance to a rectangle with half sides (<paramref name="halfX"/>, <paramref name="halfY"/>) and corners of radius
    /// <paramref name="round"/>.
    /// </summary>
    protected static float Rectangle(float x, float y, float halfX, float halfY, float round)
    {
        float qx = MathF.Abs(x) - halfX + round, qy = MathF.Abs(y) - halfY + round;
        float ox = MathF.Max(qx, 0), oy = MathF.Max(qy, 0);
        return MathF.Sqrt(ox * ox + oy * oy) + MathF.Min(MathF.Max(qx, qy), 0) - round;
    }
}
