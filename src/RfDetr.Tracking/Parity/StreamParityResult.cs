namespace RfDetr.Tracking;

/// <summary>Whether one set-up of a golden file gave the expected values.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Setup">What was run: a tracker's set-up, a line with its options, a merging rule…</param>
/// <param name="Frame">The first frame (or case) that differs; null if none does.</param>
/// <param name="Difference">What differs there, with both values; null if nothing does.</param>
public sealed record StreamParityResult(string File, string Setup, int? Frame, string? Difference)
{
    /// <summary>True if nothing differs.</summary>
    public bool Ok => Difference is null;
}
