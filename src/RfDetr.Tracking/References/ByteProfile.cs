namespace RfDetr.Tracking;

/// <summary>The differences between the members of the ByteTrack family; see <see cref="ByteAssociation"/>.</summary>
internal sealed record ByteProfile
{
    /// <summary>Detections with a greater score take part in the first round and may begin tracks.</summary>
    public required double High { get; init; }

    /// <summary>Detections with a score strictly between this and <see cref="High"/> take part in the second round.</summary>
    public double Low { get; init; } = 0.1;

    /// <summary>Scores of at least this begin tracks.</summary>
    public required double New { get; init; }

    /// <summary>The largest cost of a pair in the first round.</summary>
    public required double MatchLimit { get; init; }

    /// <summary>True if IoU is multiplied by the detection's score in the first and the third round.</summary>
    public bool FuseScores { get; init; } = true;

    /// <summary>Number of frames for which a lost track is kept.</summary>
    public required int BufferFrames { get; init; }

    /// <summary>Number of pixels added to widths and heights in IoU; see <see cref="BoxD.IoU"/>.</summary>
    public double Pixel { get; init; }

    /// <summary>
    /// True if pairs are sought by <see cref="CostMatrix.SolveClipped"/> instead of <see cref="CostMatrix.SolveExtended"/>.
    /// </summary>
    public bool Clipped { get; init; }

    /// <summary>Number of consecutive updates that confirm a track.</summary>
    public int ConfirmingUpdates { get; init; } = 1;

    /// <summary>True if being found again confirms a track.</summary>
    public bool ReactivationConfirms { get; init; } = true;

    /// <summary>True if a track that was given up once and then found again can be lost again.</summary>
    public bool ForgetsRemoved { get; init; }

    /// <summary>True if ids are drawn at birth; otherwise when a track is confirmed.</summary>
    public bool IdsAtBirth { get; init; } = true;

    /// <summary>The conversion of scores; see <see cref="Scores"/>.</summary>
    public Func<float, double> ToScore { get; init; } = Scores.Decimal;

    /// <summary>Makes the filter of a new track.</summary>
    public required Func<BoxD, IBoxFilter> NewFilter { get; init; }

    /// <summary>
    /// Frames that a buffer given for 30 frames per second lasts at another rate (truncated, as in the references).
    /// </summary>
    public static int Frames(double framesPerSecond, int bufferAt30) => (int)(framesPerSecond / 30.0 * bufferAt30);
}
