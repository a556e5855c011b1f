namespace RfDetr.Synth;

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
        List<(float X, float Y, float Size)> seats = []; // where they are seen, in pixels
        for (int i = 0; i < count; i++)
        {
            int classId = random.Pick<int>(classIds);
            Solid solid = ObjectClasses.Make(classId, random);
            Rotation pose = ObjectClasses.Pose(solid, random);
            Surface surface = SurfaceMaker.Object(random);
            // Small ones are the many: the square leans the even choice of ratios towards the small end.
            float lean = random.Unit(), size = PortableMath.Geometric(smallest, largest, 0.5f * lean + 0.5f * lean * lean);
            bool besideAnother = seats.Count > 0 && random.Chance(0.45f);
            for (int t = 0; t < Tries; t++)
            {
                if (t % 8 == 7)
                    // where nothing fits, something smaller may
                    size = MathF.Max(size * 0.75f, MathF.Min(options.MinObjectSize, size));
                (float X, float Y, float Size) seat = besideAnother
                    ? Beside(random, random.Pick<(float, float, float)>([.. seats]), size)
                    : Anywhere(random, width, height, size);
                if (
                    Place(classId, solid, surface, pose, size, Camera.Direction(seat.X, seat.Y)) is { } placed
                        && Fits(placed, objects))
                {
                    objects.Add(placed);
                    seats.Add(seat);
                    break;
                }
            }
        }

        Objects = objects;
    }

    private SceneLayout(SceneLayout still, Camera camera, IReadOnlyList<Placed> objects) =>
        (Camera, Backdrop, Light, Objects) = (camera, still.Backdrop, still.Light, objects);

    public Camera Camera { get; }

    public Backdrop Backdrop { get; }

    public SceneLight Light { get; }

    public IReadOnlyList<Placed> Objects { get; set; }

    /// <summary>About how much light the lit ground sends back: what a camera's meter would read.</summary>
    public float Brightness
    {
        get
        {
            V3 ground = Backdrop.Ground.MeanColor * (Light.Key * Light.Direction.Y + Light.Zenith);
            return (ground.X + ground.Y + ground.Z) / 3;
        }
    }

    /// <summary>The same place with another camera and other objects.</summary>
    public SceneLayout With(Camera camera, IReadOnlyList<Placed> objects) => new(this, camera, objects);

    /// <summary>Another object that is seen in a direction with a given size; null if nothing can stand there.</summary>
    public Placed? Another(int[] classIds, SceneRandom random, float size, V3 direction, IReadOnlyList<Placed> others)
    {
        int classId = random.Pick<int>(classIds);
        Solid solid = ObjectClasses.Make(classId, random);
        Rotation pose = ObjectClasses.Pose(solid, random);
        return Place(classId, solid, SurfaceMaker.Object(random), pose, size, direction) is { } placed && Fits(placed, others)
            ? placed
            : null;
    }

    /// <summary>Somewhere in the image, more often towards its middle; partly outside now and then.</summary>
    private static (float X, float Y, float Size) Anywhere(SceneRandom random, int width, int height, float size)
    {
        float x = (random.Range(-0.1f, 1.1f) + random.Range(-0.1f, 1.1f)) / 2,
        y = (random.Range(0, 1.1f) + random.Range(0, 1.1f)) / 2;
        return (x * width, y * height, size);
    }

    /// <summary>So near another object that one may hide part of the other.</summary>
    private static (float X, float Y, float Size) Beside(SceneRandom random, (float X, float Y, float Size) other, float size)
    {
        float reach = 0.75f * (other.Size + size);
        return (other.X + random.Range(-reach, reach), other.Y + random.Range(-reach, reach) * 0.6f, size);
    }

    /// <summary>
    /// Sets a solid on the ground so that its center is seen along a direction and its bounding ball is <paramref name="size"/>
    /// pixels wide.
    /// </summary>
    private Placed? Place(int classId, Solid solid, Surface surface, Rotation pose, float size, V3 direction)
    {
        if (direction.Y > -0.02f)
            return null;
        float foot = solid.Support(pose.ToLocal(new V3(0, -1, 0)));
        // center = camera + direction·t, at height foot·scale, where scale = t·perUnit: 1 + direction.Y·t = foot·t·perUnit.
        float perUnit = size * 0.5f / Camera.Focal * V3.Dot(direction, Camera.Forward) / solid.Bound;
        float t = 1 / (foot * perUnit - direction.Y), scale = t * perUnit;
        return t > 12 * Camera.GroundDistance ? null : new(classId, solid, surface, pose, Camera.Position + direction * t, scale);
    }

    /// <summary>
    /// True if the object touches neither the wall nor, seen from above, another one (tested along the line between the centers).
    /// </summary>
    public bool Fits(Placed candidate, IReadOnlyList<Placed> others)
    {
        if (
            Backdrop.WallClearance(candidate.Center) < candidate.Support(-Backdrop.WallNormal) * 1.05f
                || candidate.Center.Y + candidate.Radius > 0.9f)
            return false;
        foreach (Placed other in others)
        {
            V3 between = new V3(other.Center.X - candidate.Center.X, 0, other.Center.Z - candidate.Center.Z);
            V3 line = between.Normalized;
            if (between.Length < candidate.Support(line) + other.Support(-line))
                return false;
        }

        return true;
    }
}
