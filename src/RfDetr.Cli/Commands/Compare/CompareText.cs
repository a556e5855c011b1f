using System.Globalization;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>A comparison for people.</summary>
internal static class CompareText
{
    public static void Print(IAnsiConsole console, BenchmarkComparison result, bool passed)
    {
        Differences(console, result);
        foreach (SeriesComparison series in result.Series)
            Print(console, series, result.Options);
        foreach (AccuracyComparison a in result.Accuracy)
            console.WriteLine(Text($"AP of {a.Kind}: {100 * a.A:0.00} → {100 * a.B:0.00} ({100 * (a.B - a.A):+0.00;-0.00;0.00} points){(a.Failed ? Text($", more than the {100 * result.Options.MaxApDrop.GetValueOrDefault():0.##} accepted") : "")}"));
        console.MarkupLineInterpolated($"[bold]{Sentence(result)}[/]");
        console.MarkupLine(passed ? "[green]passed[/]" : "[red]failed[/]");
    }

    /// <summary>The verdict in one sentence.</summary>
    public static string Sentence(BenchmarkComparison result)
    {
        ComparisonOptions o = result.Options;
        (SeriesComparison worst, StageComparison stage) = result.Series
            .Select(s => (s, s.Stages.Single(stage => stage.Name == o.Metric))).MaxBy(p => (p.Item2.Verdict, p.Item2.Ratio.Value));
        string where = result.Series.Count > 1 ? Text($" (batch {worst.Batch}, {worst.Callers} callers)") : "";
        string change = Text($"{100 * (stage.Ratio.Value - 1):+0.0;-0.0;0.0} %, {100 * o.Confidence:0.#} % interval {100 * (stage.Ratio.Low - 1):+0.0;-0.0;0.0} to {100 * (stage.Ratio.High - 1):+0.0;-0.0;0.0} %");
        string limit = Text($"{100 * o.MaxSlowdown:0.##} %");
        return stage.Verdict switch
        {
            Verdict.Slower => $"B is slower than accepted ({limit}) in {o.Metric}{where}: {change}",
            Verdict.Faster => $"B is faster in {o.Metric}{where}: {change}",
            Verdict.NotSlower => $"B is not slower than accepted ({limit}) in {o.Metric}{where}: {change}",
            _ => $"nothing can be said about {o.Metric}{where}: {change}; {stage.Reason}",
        };
    }

    private static void Differences(IAnsiConsole console, BenchmarkComparison result)
    {
        if (result.Differences.Count == 0)
        {
            console.WriteLine("same machine, software, model and images");
            return;
        }

        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("differs").AddColumn("A").AddColumn("B");
        foreach (EnvironmentDifference d in result.Differences)
            table.AddRow(Markup.Escape(d.Name), Markup.Escape(d.A), Markup.Escape(d.B));
        console.Write(table);
    }

    private static void Print(IAnsiConsole console, SeriesComparison series, ComparisonOptions options)
    {
        string machine = series.MachineRatio is { } m ? Text($"; the machine alone: {m:0.000}×") : "";
        console.WriteLine(Text($"batch {series.Batch}, {series.Callers} callers: throughput {series.ThroughputRatio:0.000}×{machine}"));
        var table = new Table { Border = TableBorder.Simple };
        table.AddColumn("median, ms per call");
        foreach (string heading in (string[])["A", "B", "B / A", "low", "high"])
            table.AddColumn(heading, c => c.RightAligned());
        table.AddColumn("");
        foreach (StageComparison s in series.Stages)
        {
            string name = s.Name == options.Metric ? $"[bold]{s.Name}[/]" : s.Name;
            table.AddRow(name, BenchmarkText.Ms(s.MedianA), BenchmarkText.Ms(s.MedianB), Ratio(s.Ratio.Value), Ratio(s.Ratio.Low), Ratio(s.Ratio.High), Word(s.Verdict));
        }

        console.Write(table);
    }

    private static string Ratio(double value) => value < 1000 ? Text($"{value:0.000}") : "∞";

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Slower => "[red]slower[/]",
        Verdict.Faster => "[green]faster[/]",
        Verdict.NotSlower => "not slower",
        _ => "undecided",
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
