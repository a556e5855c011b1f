using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr compare A.json B.json</c>: whether B is slower than A, with confidence; a gate by exit code.</summary>
internal sealed class CompareCommand
{
    private readonly Argument<string> _a = new("A") { Description = "Report of rfdetr benchmark: the baseline." };
    private readonly Argument<string> _b = new("B") { Description = "Report to judge." };
    private readonly Option<string?> _metric =
        OptionsOf.Choice("--metric", "The stage that decides (default end_to_end).", [.. BenchmarkStages.All]);
    private readonly Option<double?> _slowdown =
        Percent("--max-slowdown", "Slow-down of the median that is accepted (default 2%).", 0, 1000);
    private readonly Option<double?> _confidence =
        Percent("--confidence", "Confidence of the intervals (default 95%).", 50.1, 99.9);
    private readonly Option<float?> _drop = OptionsOf.Number(
        "--max-ap-drop", "POINTS",
        "Fail also if B loses more average precision than this, in points of 100; both reports need --data.", 0, 100);
    private readonly Option<bool> _strict = OptionsOf.Flag("--strict", "Fail also if nothing can be said.");
    private readonly Option<bool> _anyEnvironment =
        OptionsOf.Flag("--any-environment", "Compare even if machine, images or measurement differ.");

    private readonly Option<string?> _report =
        OptionsOf.OutputFile("--report", "FILE", "Also write a page with the ratios and their intervals (.html).");

    public static Command Create()
    {
        var c = new CompareCommand();
        return new Verb(
            "compare", "Say whether one benchmark is slower than another; exit code 1 if it is, by more than is accepted.",
            c.RunAsync,
            c._a, c._b, c._metric, c._slowdown, c._confidence, c._drop, c._strict, c._anyEnvironment, c._report);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? page = ReportFile.Check(context.Get(_report));
        var defaults = new ComparisonOptions();
        var options = new ComparisonOptions
        {
            Metric = context.Get(_metric) ?? defaults.Metric,
            MaxSlowdown = context.Get(_slowdown) ?? defaults.MaxSlowdown,
            Confidence = context.Get(_confidence) ?? defaults.Confidence,
            MaxApDrop = context.Get(_drop) is { } points ? Math.Round(points / 100.0, 9) : null,
            AnyEnvironment = context.Get(_anyEnvironment),
        };
        BenchmarkComparison result = await Task.Run(
            () => BenchmarkComparer.Compare(BenchmarkFile.Read(context.Get(_a)), BenchmarkFile.Read(context.Get(_b)), options),
            context.Cancellation).ConfigureAwait(false);
        bool passed = result.Passed && !(context.Get(_strict) && result.Verdict == Verdict.Undecided);
        context.WriteJson(CliJson.Default.CompareDocument, () => CompareDocument.Of(result, passed));
        CompareText.Print(context.Human, result, passed);
        foreach (EnvironmentDifference d in result.Differences.Where(d => d.Blocks))
            context.Warn($"{d.Name} differs, times may answer different questions: {d.A} and {d.B}");
        if (page is not null)
        {
            ComparisonPage.Write(page, result);
            context.Human.MarkupLineInterpolated($"ratios and intervals in [green]{page}[/]");
        }

        return passed ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static Option<double?> Percent(string name, string description, double least, double most) =>
        OptionsOf.Make<double?>(name, "PERCENT", description, text =>
        double.TryParse(text.AsSpan().TrimEnd('%'), NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && value >= least && value <= most
            ? value / 100
            : throw new FormatException(
                string.Create(CultureInfo.InvariantCulture, $"is not a number of percent from {least} to {most}")));
}
