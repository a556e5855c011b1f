using RfDetr;

/// <summary>
/// The objects that the built-in model must find in samples/images/scene-21-00003.jpg, which the generator drew: it knows what is
/// there.
/// </summary>
internal static class Expected
{
    private const float LeastOverlap = 0.9f, LeastScore = 0.7f;

    private static readonly (string Class, float X1, float Y1, float X2, float Y2)[] s_objects =
    [
        ("ball", 0, 171, 134, 336), ("star", 210, 247, 362, 360), ("mug", 173, 6, 333, 159),
    ];

    /// <summary>Prints every object, and whether each is where it must be; returns the exit code of the program.</summary>
    public static int Check(Detections found)
    {
        foreach (Detection d in found.Items)
            Console.WriteLine($"{d.ClassName} {d.Score:0.00} at {d.Box.X1:0}, {d.Box.Y1:0}, {d.Box.X2:0}, {d.Box.Y2:0}");
        bool right = IsRight(found);
        Console.WriteLine(right ? $"all {s_objects.Length} objects are right" : "these are not the objects of the image");
        return right ? 0 : 1;
    }

    public static bool IsRight(Detections found) =>
        found.Items.Count == s_objects.Length && s_objects.All(o => found.Items.Any(d =>
        d.ClassName == o.Class
            && d.Score > LeastScore && d.Mask is { Area: > 0 }
            && Overlap(d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2, o) > LeastOverlap));

    private static float Overlap(float x1, float y1, float x2, float y2, (string Class, float X1, float Y1, float X2, float Y2) o)
    {
        float width = Math.Min(x2, o.X2) - Math.Max(x1, o.X1), height = Math.Min(y2, o.Y2) - Math.Max(y1, o.Y1);
        float common = Math.Max(width, 0) * Math.Max(height, 0);
        return common / ((x2 - x1) * (y2 - y1) + (o.X2 - o.X1) * (o.Y2 - o.Y1) - common);
    }
}
