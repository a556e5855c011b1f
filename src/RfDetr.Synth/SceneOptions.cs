namespace RfDetr.Synth;

/// <summary>Description of the scenes that a <see cref="SceneGenerator"/> draws. Sizes are in pixels.</summary>
public sealed record SceneOptions
{
    /// <summary>
    /// Fewest objects set into a scene, at least 1. What would be hardly visible is taken out again, so a scene may end with
    /// fewer.
    /// </summary>
    public int MinObjects { get; init; } = 2;

    /// <summary>Most objects set into a scene, from <see cref="MinObjects"/> to 64.</summary>
    public int MaxObjects { get; init; } = 12;

    /// <summary>Smallest diameter of an object's bounding ball in the image, at least 4.</summary>
    public int MinObjectSize { get; init; } = 12;

    /// <summary>Largest diameter of an object's bounding ball as a share of the image's shorter side, in (0, 1].</summary>
    public double MaxObjectFraction { get; init; } = 0.5;

    /// <summary>Objects of which fewer pixels can be seen are taken out; at most 1/64 of the image is asked for.</summary>
    public int MinVisiblePixels { get; init; } = 40;

    /// <summary>
    /// Objects of which a smaller share of their pixels can be seen, because others hide the rest, are taken out; in [0, 1].
    /// </summary>
    public double MinVisibleFraction { get; init; } = 0.2;

    /// <summary>
    /// Names of the classes to draw, a subset of <see cref="SceneGenerator.ClassNames"/>; null for all. Ids stay those of the
    /// full list.
    /// </summary>
    public IReadOnlyList<string>? Classes { get; init; }

    /// <summary>Threads that share one image's rows; 0 for one per core. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every field and returns the class ids to draw.</summary>
    internal int[] Validate()
    {
        List<string> wrong = [];
        if (MinObjects < 1 || MaxObjects < MinObjects || MaxObjects > 64)
            wrong.Add($"MinObjects and MaxObjects must satisfy 1 ≤ min ≤ max ≤ 64, got {MinObjects} and {MaxObjects}");
        if (MinObjectSize < 4)
            wrong.Add($"MinObjectSize must be at least 4, got {MinObjectSize}");
        if (!(MaxObjectFraction > 0 && MaxObjectFraction <= 1))
            wrong.Add(Invariant.Text($"MaxObjectFraction must be in (0, 1], got {MaxObjectFraction}"));
        if (MinVisiblePixels < 1)
            wrong.Add($"MinVisiblePixels must be at least 1, got {MinVisiblePixels}");
        if (!(MinVisibleFraction >= 0 && MinVisibleFraction <= 1))
            wrong.Add(Invariant.Text($"MinVisibleFraction must be in [0, 1], got {MinVisibleFraction}"));
        if (Threads < 0)
            wrong.Add($"Threads must be 0 (one per core) or more, got {Threads}");
        IReadOnlyList<string> names = ObjectClasses.Names;
        string[] unknown = [.. (Classes ?? []).Where(c => !names.Contains(c))];
        if (unknown.Length > 0 || Classes is { Count: 0 })
            wrong.Add($"Classes must name some of {string.Join(", ", names)}; unknown: {string.Join(", ", unknown)}");
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join("; ", wrong));
        return [.. Enumerable.Range(0, names.Count).Where(i => Classes is null || Classes.Contains(names[i]))];
    }
}
