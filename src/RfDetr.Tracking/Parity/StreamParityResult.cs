namespace RfDetr.Tracking;

/// <summary>The comparison of one set-up of a golden file with the expected values.</summary>
/// <param name="File">Path of the file.</param>
/// <param name="Setup">The set-up that was run: a tracker's set-up, a line with its options, a merging rule…</param>
/// <param name="Frame">The first frame (or case) that differs; null if none does.</param>
/// <param name="Difference">The difference, with both values; null if there is none.</param>
internal sealed record StreamParityResult(string File, string Setup, int? Frame, string? Difference)
{
    /// <summary>True if nothing differs.</summary>
    public bool Ok => Difference is null;
}
