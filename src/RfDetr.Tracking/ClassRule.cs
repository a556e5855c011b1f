namespace RfDetr.Tracking;

/// <summary>The meaning of a detection's class to a tracker.</summary>
public enum ClassRule
{
    /// <summary>Objects are followed whatever their class; each detection keeps its own class. The references do this.</summary>
    Ignore,

    /// <summary>Detections of different classes never belong to the same track.</summary>
    Separate,

    /// <summary>
    /// Objects are followed whatever their class; all detections of a track report the class with the largest sum of scores.
    /// </summary>
    Vote,
}
