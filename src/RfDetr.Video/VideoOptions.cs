namespace RfDetr.Video;

/// <summary>Rules for reading a video.</summary>
public sealed record VideoOptions
{
    /// <summary>ffmpeg or its folder; null to look in RFDETR_FFMPEG, then on PATH.</summary>
    public string? Ffmpeg { get; init; }

    /// <summary>Time of the first frame; files only.</summary>
    public TimeSpan Start { get; init; } = TimeSpan.Zero;

    /// <summary>Time of the last frame; null for the end of the video. Files only.</summary>
    public TimeSpan? End { get; init; }

    /// <summary>Of so many frames one is taken; ≥ 1.</summary>
    public int Stride { get; init; } = 1;

    /// <summary>The smallest distance of two frames that are taken; zero for all.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.Zero;

    /// <summary>True to let ffmpeg decode with hardware where it can.</summary>
    public bool HardwareDecoding { get; init; }

    /// <summary>Number of decoded frames of a file that may wait; 1..64. Live input keeps the newest only.</summary>
    public int Buffer { get; init; } = 4;

    /// <summary>
    /// Live input that delivers no frame for so long is given up and opened again; above zero. The first frame may take ten
    /// seconds longer.
    /// </summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Number of times in a row that live input is opened again in vain before reading fails; ≥ 0.</summary>
    public int Reconnects { get; init; } = 100;

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Start < TimeSpan.Zero)
            wrong.Add($"{nameof(Start)} is {Start}, but must not be negative");
        if (End is { } end && end <= Start)
            wrong.Add($"{nameof(End)} is {end}, but must be after {nameof(Start)} {Start}");
        if (Stride < 1)
            wrong.Add($"{nameof(Stride)} is {Stride}, expected 1 or more");
        if (Interval < TimeSpan.Zero)
            wrong.Add($"{nameof(Interval)} is {Interval}, but must not be negative");
        if (Buffer is < 1 or > 64)
            wrong.Add($"{nameof(Buffer)} is {Buffer}, expected 1..64");
        if (Timeout <= TimeSpan.Zero)
            wrong.Add($"{nameof(Timeout)} is {Timeout}, but must be above zero");
        if (Reconnects < 0)
            wrong.Add($"{nameof(Reconnects)} is {Reconnects}, expected 0 or more");
        if (wrong.Count > 0)
            throw new ArgumentException("video options: " + string.Join("; ", wrong));
    }
}
