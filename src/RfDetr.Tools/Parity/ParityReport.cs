namespace RfDetr.Tools;

/// <summary>The comparison of one stage of the network.</summary>
/// <param name="Stage">Name, e.g. <c>projector.0</c>.</param>
/// <param name="MaxAbsError">Largest absolute difference; infinite if a value is not a number.</param>
/// <param name="Tolerance">Largest allowed difference, in the same unit.</param>
/// <param name="Note">Note for a reader; null mostly.</param>
public sealed record StageResult(string Stage, double MaxAbsError, double Tolerance, string? Note = null)
{
    /// <summary>True if the stage agrees.</summary>
    public bool Ok => MaxAbsError <= Tolerance;
}

/// <summary>The comparison of one file, stage by stage in the network's order.</summary>
/// <param name="File">The file with the expected values.</param>
/// <param name="Variant">Variant of the network.</param>
/// <param name="Engine">Engine that computed the stages.</param>
/// <param name="Stages">One result for each stage that the file has.</param>
public sealed record ParityReport(string File, string Variant, string Engine, IReadOnlyList<StageResult> Stages)
{
    /// <summary>True if all stages agree.</summary>
    public bool Ok => FirstDifference is null;

    /// <summary>
    /// The first stage that does not agree: the error arose between the stage before it and this one. Null if all agree.
    /// </summary>
    public StageResult? FirstDifference => Stages.FirstOrDefault(s => !s.Ok);
}
