namespace RfDetr.Synth;

/// <summary>A rotation from an object's own frame to the world: the images of its three axes.</summary>
internal readonly struct Rotation(V3 x, V3 y, V3 z)
{
    public V3 ToWorld(V3 v) => x * v.X + y * v.Y + z * v.Z;

    public V3 ToLocal(V3 v) => new(V3.Dot(x, v), V3.Dot(y, v), V3.Dot(z, v));

    /// <summary>First turns by <paramref name="first"/>, then by this.</summary>
    public Rotation After(Rotation first) => new(
        ToWorld(first.ToWorld(new V3(1, 0, 0))), ToWorld(first.ToWorld(new V3(0, 1, 0))),
        ToWorld(first.ToWorld(new V3(0, 0, 1))));

    public static Rotation AboutX(float radians)
    {
        (float s, float c) = PortableMath.SinCos(radians);
        return new(new(1, 0, 0), new(0, c, s), new(0, -s, c));
    }

    public static Rotation AboutY(float radians)
    {
        (float s, float c) = PortableMath.SinCos(radians);
        return new(new(c, 0, -s), new(0, 1, 0), new(s, 0, c));
    }

    public static Rotation AboutZ(float radians)
    {
        (float s, float c) = PortableMath.SinCos(radians);
        return new(new(c, s, 0), new(-s, c, 0), new(0, 0, 1));
    }
}
