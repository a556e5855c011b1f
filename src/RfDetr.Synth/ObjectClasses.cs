namespace RfDetr.Synth;

/// <summary>The kinds of things there are: names in the order of class ids, and how to make one.</summary>
internal static class ObjectClasses
{
    private static readonly (string Name, Func<SceneRandom, Solid> Make)[] All =
    [
        ("ball", _ => new Ball()),
        ("cube", r => new Cube(r)),
        ("cylinder", r => new Cylinder(r)),
        ("cone", r => new Cone(r)),
        ("ring", r => new Ring(r)),
        ("star", r => new Star(r)),
        ("capsule", r => new Capsule(r)),
        ("mushroom", r => new Mushroom(r)),
        ("bottle", r => new Bottle(r)),
        ("mug", r => new Mug(r)),
    ];

    public static IReadOnlyList<string> Names { get; } = [.. All.Select(c => c.Name)];

    public static Solid Make(int classId, SceneRandom random) => All[classId].Make(random);

    /// <summary>
    /// Upright, on its side, or (one in twelve) as if caught while falling over; always turned at random about the vertical.
    /// </summary>
    public static Rotation Pose(Solid solid, SceneRandom random)
    {
        Rotation turn = Rotation.AboutY(random.Range(0, 2 * PortableMath.Pi)),
        roll = Rotation.AboutY(random.Range(0, 2 * PortableMath.Pi));
        float chance = random.Unit();
        float upright = solid is Ring or Star or Capsule ? 0.35f : solid is Bottle or Mushroom or Mug or Cone ? 0.7f : 0.5f;
        if (chance < 0.08f)
            return turn.After(Rotation.AboutZ(random.Range(0.2f, 1.3f))).After(roll);
        if (chance < upright)
            return turn.After(roll);
        if (solid is Star) // stands on two tips, broad side towards the camera more or less
            return Rotation.AboutY(random.Range(-0.9f, 0.9f)).After(Rotation.AboutX(-PortableMath.Pi / 2));
        if (solid is Ring)
            return Rotation.AboutY(random.Range(-0.9f, 0.9f)).After(
                Rotation.AboutX(PortableMath.Pi / 2 + random.Range(-0.2f, 0.2f)));
        return solid is Cube
            ? turn
            : turn.After(Rotation.AboutZ(solid.LyingTilt)).After(solid is Mug ? Rotation.AboutY(random.Range(-1f, 1f)) : roll);
    }
}
