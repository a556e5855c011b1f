namespace RfDetr.Data;

/// <summary>Everything that stands before the camera, drawn from one random stream.</summary>
internal sealed class SceneLayout
{
    private const int Tries = 40;

    public SceneLayout(SceneOptions options, int[] classIds, SceneRandom random, int width, int height)
    {
        Camera = new(random, width, height);
        Backdrop = new(random, Camera);
        Light = new(random, Backdrop.Outdoor);

        float largest = MathF.Max((float)options.MaxObjectFraction * Math.Min(width, height), 4);
        float smallest = PortableMath.Geometric(MathF.Min(options.MinObjectSize, largest), largest, random.Range(0, 0.75f));
        int count = options.MinObjects + random.Below(options.MaxObjects - options.MinObjects + 1);
        List<Placed> objects = [];
        for (int i = 0; i < count; i++)
        {
            int classId = random.Pick<int>(classIds);
            Solid solid = ObjectClasses.Make(classId, random);
            Rotation pose = ObjectClasses.Pose(solid, random);
            Surface surface = SurfaceMaker.Object(random);
            // Small ones are the many: the square leans the even choice of ratios towards the small end.
            float lean = random.Unit(), size = PortableMath.Geometric(smallest, largest, 0.4f * lean + 0.6f * lean * lean);
            for (int t = 0; t < Tries; t++)
            {
                float x = random.Range(-0.05f, 1.05f) * width, y = random.Range(0, 1.05f) * height;
                if (Place(classId, solid, surface, pose, size, Camera.Direction(x, y)) is { } placed && Fits(placed, objects))
                {
                    objects.Add(placed);
                    break;
                }
            }
        }

        Objects = objects;
    }

    public Camera Camera { get; }

    public Backdrop Backdrop { get; }

    public SceneLight Light { get; }

    public IReadOnlyList<Placed> Objects { get; set; }

    /// <summary>Sets a solid on the ground so that its centre is seen along a direction and its bounding ball is <paramref name="size"/> pixels wide.</summary>
    private Placed? Place(int classId, Solid solid, Surface surface, Rotation pose, float size, V3 direction)
    {
        if (direction.Y > -0.02f)
            return null;
        float foot = solid.Support(pose.ToLocal(new V3(0, -1, 0)));
        // centre = camera + direction·t, at height foot·scale, where scale = t·perUnit: 1 + direction.Y·t = foot·t·perUnit.
        float perUnit = size * 0.5f / Camera.Focal * V3.Dot(direction, Camera.Forward) / solid.Bound;
        float t = 1 / (foot * perUnit - direction.Y), scale = t * perUnit;
        return t > 12 * Camera.GroundDistance ? null : new(classId, solid, surface, pose, Camera.Position + direction * t, scale);
    }

    /// <summary>True if the object touches neither the wall nor, seen from above, another one (tested along the line between the centres).</summary>
    private bool Fits(Placed candidate, List<Placed> others)
    {
        if (Backdrop.WallClearance(candidate.Centre) < candidate.Support(-Backdrop.WallNormal) * 1.05f || candidate.Centre.Y + candidate.Radius > 0.9f)
            return false;
        foreach (Placed other in others)
        {
            V3 between = new V3(other.Centre.X - candidate.Centre.X, 0, other.Centre.Z - candidate.Centre.Z);
            V3 line = between.Normalized;
            if (between.Length < candidate.Support(line) + other.Support(-line))
                return false;
        }

        return true;
    }
}
