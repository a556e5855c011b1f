namespace RfDetr.Tracking;

/// <summary>A track of the ByteTrack family.</summary>
internal sealed class ByteTrack(IBoxFilter filter, long born, Candidate first)
{
    private readonly long _born = born;

    public IBoxFilter Filter => filter;

    /// <summary>The reported id; <see cref="TrackIds.None"/> as long as none is drawn.</summary>
    public int Id { get; set; } = TrackIds.None;

    /// <summary>True if the track was seen in the last frame.</summary>
    public bool Seen { get; set; } = true;

    /// <summary>True if the track has proved to be more than a single detection.</summary>
    public bool Confirmed { get; set; }

    /// <summary>True if the track is in the reference's list of removed tracks, which bars it from being lost again.</summary>
    public bool Barred { get; set; }

    /// <summary>Frames between the first and the last sighting.</summary>
    public long Age => LastFrame - _born;

    public long LastFrame { get; private set; } = born;

    /// <summary>The detection of the last sighting.</summary>
    public int Detection { get; private set; } = first.Index;

    /// <summary>Sightings in a row after the first one or after being found again.</summary>
    public int Updates { get; private set; }

    public void Update(Candidate seen, long frame)
    {
        Updates = Seen ? Updates + 1 : 0;
        filter.Correct(seen.Box);
        (Seen, LastFrame, Detection) = (true, frame, seen.Index);
    }
}
