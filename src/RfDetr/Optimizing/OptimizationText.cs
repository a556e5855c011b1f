using System.Globalization;
using System.Text;

namespace RfDetr;

/// <summary>A report for people.</summary>
internal static class OptimizationText
{
    private static readonly string[] s_headings =
        ["candidate", "ms per image", "calls", "× rival", "difference", "what became of it"];

    public static string Of(OptimizationReport report)
    {
        var text = new StringBuilder();
        string[][] rows = [s_headings, .. report.Candidates.Select((c, i) => Row(c, i == 0))];
        int[] widths = [.. Enumerable.Range(0, s_headings.Length).Select(column => rows.Max(r => r[column].Length))];
        foreach (string[] row in rows)
            text.AppendLine(
                string.Join(
                    "  ", row.Select((cell, i) => i is 0 or 5 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]))).TrimEnd());
        text.AppendLine(CultureInfo.InvariantCulture, $"chosen: {report.Chosen}: {report.Reason}");
        text.Append(report.FromCache
            ? string.Create(
                CultureInfo.InvariantCulture, $"remembered from {report.MeasuredAt:yyyy-MM-dd HH:mm} UTC, not measured now")
            : string.Create(
                CultureInfo.InvariantCulture,
                $"{report.SpentSeconds:0.0} s of calls measured, {report.BudgetSeconds:0.###} s allowed"));
        foreach (string note in report.Notes)
            text.AppendLine().Append("note: ").Append(note);
        return text.ToString();
    }

    private static string[] Row(CandidateReport c, bool isReference) =>
    [
        c.Choice.ToString(),
        Number(c.MedianMs, c.MedianMs < 10 ? "0.00" : "0.0"),
        c.Calls.ToString(CultureInfo.InvariantCulture),
        Number(c.Ratio, "0.00"),
        isReference ? "(reference)" : c.Difference is > 0 and < 0.0001 ? "<0.0001" : Number(c.Difference, "0.0000"),
        $"{Name(c.Fate)}: {c.Reason}",
    ];

    private static string Name(CandidateFate fate) => fate switch
    {
        CandidateFate.Chosen => "chosen",
        CandidateFate.Slower => "slower",
        CandidateFate.NotFaster => "not faster",
        CandidateFate.Different => "refused",
        CandidateFate.Failed => "failed",
        _ => "not measured",
    };

    private static string Number(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "–";
}
