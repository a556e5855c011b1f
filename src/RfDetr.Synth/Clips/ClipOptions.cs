namespace RfDetr.Synth;

/// <summary>The motion of the camera in a clip.</summary>
public enum ClipCamera
{
    /// <summary>The camera stands still.</summary>
    Still,

    /// <summary>The camera turns slowly to and fro.</summary>
    Pan,

    /// <summary>The camera trembles, and jerks now and then.</summary>
    Shake,
}

/// <summary>The content of clips that a <see cref="ClipGenerator"/> draws.</summary>
public sealed record ClipOptions
{
    /// <summary>Frames of a clip; 1..100,000.</summary>
    public int Frames { get; init; } = 150;

    /// <summary>Frames per second; in [1, 240].</summary>
    public double FramesPerSecond { get; init; } = 25;

    /// <summary>The motion of the camera.</summary>
    public ClipCamera Camera { get; init; } = ClipCamera.Still;

    /// <summary>Typical speed of objects as a share of the image's width per second; in [0, 2].</summary>
    public double Speed { get; init; } = 0.12;

    /// <summary>Objects that come in from the sides, per second; in [0, 10].</summary>
    public double Arrivals { get; init; } = 0.5;

    /// <summary>The objects of the first frame. What is hardly visible is drawn all the same, but not counted.</summary>
    public SceneOptions Scene { get; init; } = new();

    /// <summary>Checks every field and returns the class ids to draw.</summary>
    internal int[] Validate()
    {
        ArgumentNullException.ThrowIfNull(Scene);
        List<string> wrong = [];
        if (Frames is < 1 or > 100_000)
            wrong.Add($"Frames must be 1 to 100000, got {Frames}");
        if (!(FramesPerSecond is >= 1 and <= 240))
            wrong.Add(Invariant.Text($"FramesPerSecond must be in [1, 240], got {FramesPerSecond}"));
        if (!Enum.IsDefined(Camera))
            wrong.Add($"Camera must be one of {string.Join(", ", Enum.GetNames<ClipCamera>())}, got {Camera}");
        if (!(Speed is >= 0 and <= 2))
            wrong.Add(Invariant.Text($"Speed must be in [0, 2], got {Speed}"));
        if (!(Arrivals is >= 0 and <= 10))
            wrong.Add(Invariant.Text($"Arrivals must be in [0, 10], got {Arrivals}"));
        if (wrong.Count > 0)
            throw new ArgumentException(string.Join("; ", wrong));
        return Scene.Validate();
    }
}
