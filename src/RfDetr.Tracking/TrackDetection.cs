namespace RfDetr.Tracking;

/// <summary>
/// One detection of a frame as a tracker sees it. Masks and names stay with the caller: results refer to detections by index.
/// </summary>
/// <param name="Box">Corners in pixels of the frame; finite.</param>
/// <param name="Score">Confidence, 0..1.</param>
/// <param name="ClassId">Class of the detection; whether it matters is decided by the tracker's class rule.</param>
public readonly record struct TrackDetection(BoxXyxy Box, float Score, int ClassId = 0);
