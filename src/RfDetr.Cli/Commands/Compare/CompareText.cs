using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>Prints a comparison for people.</summary>
internal static class CompareText
{
    public static void Print(IAnsiConsole console, BenchmarkComparison result, bool passed)
    {
        Differences(console, result);
        foreach (SeriesComparison series in result.Series)
            Print(console, series, result.Options);
        foreach (AccuracyComparison a in result.Accuracy)
            console.WriteLine(ComparisonText.Accuracy(a, result.Options));
        console.MarkupLineInterpolated($"[bold]{ComparisonText.Sentence(result)}[/]");
        console.MarkupLine(passed ? "[green]passed[/]" : "[red]failed[/]");
    }

    private static void Differences(IAnsiConsole console, BenchmarkComparison result)
    {
        if (result.Differences.Count == 0)
        {
            console.WriteLine("same machine, software, model and images");
            return;
        }

        TextTable table = new TextTable().AddColumn("differs").AddColumn("A", narrow: Narrow.Wrap)
            .AddColumn("B", narrow: Narrow.Wrap);
        foreach (EnvironmentDifference d in result.Differences)
            table.AddRow(Markup.Escape(d.Name), Markup.Escape(d.A), Markup.Escape(d.B));
        console.Write(table);
    }

    private static void Print(IAnsiConsole console, SeriesComparison series, ComparisonOptions options)
    {
        console.WriteLine(ComparisonText.Series(series));
        TextTable table = new TextTable().AddColumn("median, ms per call").AddNumbers("A", "B", "B / A", "low", "high")
            .AddColumn("");
        foreach (StageComparison s in series.Stages)
        {
            string name = s.Name == options.Metric ? $"[bold]{s.Name}[/]" : s.Name;
            string[] ratio = [.. ((double[])[s.Ratio.Value, s.Ratio.Low, s.Ratio.High]).Select(ComparisonText.Ratio)];
            table.AddRow([name, BenchmarkText.Ms(s.MedianA), BenchmarkText.Ms(s.MedianB), .. ratio, Word(s.Verdict)]);
        }

        console.Write(table);
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Slower => $"[red]{ComparisonText.Word(verdict)}[/]",
        Verdict.Faster => $"[green]{ComparisonText.Word(verdict)}[/]",
        _ => ComparisonText.Word(verdict),
    };
}
