namespace RfDetr.Tracking;

/// <summary>One object in one frame, as a MOTChallenge file has it.</summary>
/// <param name="Frame">Number of the frame, from 1.</param>
/// <param name="Id">The object's id.</param>
/// <param name="Left">Left edge in pixels.</param>
/// <param name="Top">Upper edge in pixels.</param>
/// <param name="Width">Width in pixels; ≥ 0.</param>
/// <param name="Height">Height in pixels; ≥ 0.</param>
/// <param name="Score">In a result the confidence; in a truth 1, or 0 for what is not to be counted.</param>
/// <param name="ClassId">Class in a truth; −1 where there is none.</param>
/// <param name="Visibility">Visible part in a truth, 0..1; −1 where it is not known.</param>
public readonly record struct MotEntry(
    int Frame,
    int Id,
    double Left,
    double Top,
    double Width,
    double Height,
    double Score = 1,
    int ClassId = -1,
    double Visibility = -1)
{
    /// <summary>An entry from a box by its corners.</summary>
    public static MotEntry Of(int frame, int id, BoxXyxy box, double score = 1, int classId = -1) =>
        new(frame, id, box.X1, box.Y1, (double)box.X2 - box.X1, (double)box.Y2 - box.Y1, score, classId);

    internal BoxD Box => new(Left, Top, Left + Width, Top + Height);
}
