namespace RfDetr.Synth;

/// <summary>A solid set into the world.</summary>
internal sealed class Placed(int classId, Solid solid, Surface surface, Rotation pose, V3 center, float scale)
{
    public int ClassId { get; } = classId;

    public Solid Solid { get; } = solid;

    public Surface Surface { get; } = surface;

    public V3 Center { get; } = center;

    public float Scale { get; } = scale;

    /// <summary>Radius of a ball about <see cref="Center"/> that holds the object, in world units.</summary>
    public float Radius { get; } = scale * solid.Bound;

    /// <summary>The same object elsewhere, turned about the vertical by some radians.</summary>
    public Placed Moved(V3 to, float turn) => new(ClassId, Solid, Surface, Rotation.AboutY(turn).After(pose), to, Scale);

    public V3 ToLocal(V3 world) => pose.ToLocal(world - Center) * (1 / Scale);

    public V3 DirectionToLocal(V3 world) => pose.ToLocal(world);

    /// <summary>World normal at a world point of the surface.</summary>
    public V3 Normal(V3 world) => pose.ToWorld(Solid.Normal(ToLocal(world)));

    /// <summary>Distance from a world point to the surface.</summary>
    public float Distance(V3 world) => Solid.Distance(ToLocal(world)) * Scale;

    /// <summary>Distance that the object reaches from its center in a world direction.</summary>
    public float Support(V3 direction) => Solid.Support(pose.ToLocal(direction)) * Scale;
}
