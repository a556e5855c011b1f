using System.Globalization;
using System.Text;

namespace RfDetr.Bench;

/// <summary>All rows as a page of Markdown.</summary>
internal static class TableText
{
    public static string Of(IReadOnlyList<TableRow> rows)
    {
        BenchmarkEnvironment e = rows[0].Environment;
        var page = new StringBuilder();
        Line(page, $"# {e.Processor}, {e.Cores} cores: every variant, engine and precision");
        Line(page, $"");
        Line(
            page,
            $"{rows.Min(r => r.MeasuredAt):yyyy-MM-dd}; {string.Join(' ', e.InstructionSets)}; {e.System}; {e.Runtime}; "
                + $"{e.Engine}; rfdetr {e.Library}; {rows[0].Threads} threads.");
        foreach (string doubt in Doubts(rows))
            Line(page, $"{doubt}");
        Speed(page, rows);
        Accuracy(page, rows);
        NotWon(page, rows);
        Line(page, $"");
        Line(page, $"## How to repeat it");
        Line(page, $"");
        Line(
            page,
            $"`bench/tables.sh` on an idle machine; rows that are there are kept, `rows/NAME.json` deleted is measured "
                + $"again. Weights of variants are formula");
        Line(
            page,
            $"weights: the arithmetic does not depend on what a network has learnt. Each row runs all engines in turn, "
                + $"round by round, one image at a time,");
        Line(
            page,
            $"the network alone (no decoding, resizing or selection), workers not spinning between runs. Raw figures: "
                + $"`tables.json`.");
        return page.ToString();
    }

    private static void Speed(StringBuilder page, IReadOnlyList<TableRow> rows)
    {
        Line(page, $"");
        Line(page, $"## Speed");
        Line(page, $"");
        Line(
            page,
            $"Ratios are to the first line of each model, the plain export as a tracer writes it, in ONNX Runtime: of "
                + $"medians, and the median of the ratios of");
        Line(page, $"runs next to each other.");
        Line(page, $"");
        Line(page, $"| model | input | engine | precision | median ms | min | p90 | rounds | ratio | pairwise |");
        Line(page, $"|---|--:|---|---|--:|--:|--:|--:|--:|--:|");
        foreach (TableRow row in rows)
        {
            foreach (TableEntry t in row.Entries)
            {
                bool first = t == row.Entries[0];
                Line(
                    page,
                    $"| {(first ? row.Name : "")} | {(first ? $"{row.Height}×{row.Width}" : "")} | {t.Engine} | "
                        + $"{t.Precision} | {t.MedianMs:0.0} | {t.MinMs:0.0} | {t.P90Ms:0.0} | {t.Rounds} | {t.Ratio:0.000} | "
                        + $"{t.PairwiseRatio:0.000} |");
            }
        }
    }

    private static void Accuracy(StringBuilder page, IReadOnlyList<TableRow> rows)
    {
        if (!rows.Any(r => r.Entries.Any(t => t.Accuracy is not null)))
            return;
        Line(page, $"");
        Line(page, $"## Accuracy beside speed");
        Line(page, $"");
        Line(page, $"| model | data | images | engine | precision | median ms | box AP | AP50 | mask AP | AP50 |");
        Line(page, $"|---|---|--:|---|---|--:|--:|--:|--:|--:|");
        foreach (TableRow row in rows)
        {
            foreach (TableEntry t in row.Entries)
            {
                if (t.Accuracy is { } a)
                    Line(
                        page,
                        $"| {row.Name} | {a.DataSet} | {a.Images} | {t.Engine} | {t.Precision} | {t.MedianMs:0.0} | "
                            + $"{100 * a.BoxAp:0.00} | {100 * a.BoxAp50:0.00} | {Points(a.MaskAp)} | {Points(a.MaskAp50)} |");
            }
        }
    }

    private static void NotWon(StringBuilder page, IReadOnlyList<TableRow> rows)
    {
        Line(page, $"");
        Line(page, $"## What was not won");
        Line(page, $"");
        var lost = new List<string>();
        foreach (TableRow row in rows)
        {
            foreach (TableEntry own in row.Entries.Where(t => t.Engine.StartsWith("our CPU", StringComparison.Ordinal)))
            {
                TableEntry? peer = row.Entries.Where(t =>
                    t.Engine.StartsWith("ONNX", StringComparison.Ordinal) && t.Precision == own.Precision)
                    .MinBy(t => t.PairwiseRatio);
                if (peer is not null && own.PairwiseRatio >= peer.PairwiseRatio)
                    lost.Add(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"- {row.Name}, {own.Precision}: our engine takes "
                                + $"{own.PairwiseRatio / peer.PairwiseRatio:0.00} times as long as {peer.Engine} (pairwise)."));
            }

            lost.AddRange(row.Missing.Select(m => $"- {row.Name}, {m}"));
        }

        Line(
            page, $"{(lost.Count > 0 ? string.Join('\n', lost) : "In each precision our engine is the quickest in every row.")}");
    }

    private static IEnumerable<string> Doubts(IReadOnlyList<TableRow> rows)
    {
        if (
            rows.Select(r => (r.Environment.Runtime, r.Environment.Engine, r.Environment.Library, r.Threads))
                .Distinct().Count() > 1)
            yield return "**Rows were measured with different versions or threads; see `tables.json`.**";
        string[] busy =
        [
            .. rows.Where(r => r.OthersShare > 0.1).Select(r =>
                string.Create(CultureInfo.InvariantCulture, $"{r.Name} ({100 * r.OthersShare:0} %)"))
        ];
        if (busy.Length > 0)
            yield return $"**Other programs used much of the processor during: {string.Join(", ", busy)}. Believe ratios, not "
                + $"milliseconds.**";
    }

    private static string Points(double? ap) =>
        ap is { } value ? (100 * value).ToString("0.00", CultureInfo.InvariantCulture) : "–";

    private static void Line(StringBuilder page, InvariantTextHandler text) =>
        page.Append(text.ToStringAndClear()).Append('\n');
}
