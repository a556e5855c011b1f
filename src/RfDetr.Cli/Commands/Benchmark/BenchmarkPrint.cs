using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>Prints a benchmark for people.</summary>
internal static class BenchmarkPrint
{
    public static void To(IAnsiConsole console, BenchmarkReport report)
    {
        console.WriteLine(BenchmarkText.Model(report));
        console.WriteLine(BenchmarkText.Machine(report));
        console.WriteLine($"images: {report.Images.Source}");
        foreach (BenchmarkSeries series in report.Series)
        {
            console.WriteLine();
            console.WriteLine(BenchmarkText.Title(series));
            TextTable table = new TextTable().AddColumn(BenchmarkText.Headings[0])
                .AddNumbers(BenchmarkText.Headings.AsSpan(1));
            foreach (string[] row in BenchmarkText.Rows(series))
                table.AddRow(row.Select(Markup.Escape).ToArray());
            console.Write(table);
            console.WriteLine(BenchmarkText.Rest(series));
        }

        console.WriteLine();
        console.WriteLine(BenchmarkText.Process(report));
        if (BenchmarkText.Accuracy(report) is { } accuracy)
            console.WriteLine(accuracy);
    }
}
