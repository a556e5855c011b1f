namespace RfDetr.Streams;

/// <summary>The meaning of colors.</summary>
public enum ColorRule
{
    /// <summary>Every object keeps a color of its own; those without an id have their class's.</summary>
    ByObject,

    /// <summary>Every class has a color.</summary>
    ByClass,
}

/// <summary>Settings of drawn frames.</summary>
public sealed record StreamDrawOptions
{
    /// <summary>Boxes, masks, labels and their sizes.</summary>
    public DrawOptions Draw { get; init; } = DrawOptions.Default;

    /// <summary>The meaning of colors.</summary>
    public ColorRule Colors { get; init; } = ColorRule.ByObject;

    /// <summary>True if the ways of objects are drawn.</summary>
    public bool ShowTrails { get; init; }

    /// <summary>Length of trails in frames, 2..10,000.</summary>
    public int TrailFrames { get; init; } = 30;

    /// <summary>True if lines and zones are drawn with their counts.</summary>
    public bool ShowZones { get; init; } = true;

    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(Draw);
        if (!Enum.IsDefined(Colors))
            throw new ArgumentException($"{nameof(Colors)} is {Colors}, which does not exist");
        if (TrailFrames is < 2 or > 10_000)
            throw new ArgumentException($"{nameof(TrailFrames)} is {TrailFrames}, expected 2..10000");
    }
}
