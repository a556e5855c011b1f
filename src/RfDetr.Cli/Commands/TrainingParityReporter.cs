using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Training;
using Spectre.Console;
using static RfDetr.Invariant;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr parity --training</c>: the worst error of each kind and step, and all that are beyond what is allowed.
/// </summary>
internal static class TrainingParityReporter
{
    private const int Listed = 20;

    public static async Task<int> Run(CliContext context, string file, string? precision, string device)
    {
        if (precision == "fp16")
            throw new ArgumentException("--training computes in fp64 or fp32, not in fp16");
        var formula = new GoldenFormula(salt => new FormulaWeights(salt), FormulaWeights.Fill);
        TrainingParityReport report = await context.WithProgressAsync(
            "training",
            _ =>
                Task.Run(
                    () => TrainingParity.Run(file, formula, precision != "fp32", device, context.Cancellation),
                    context.Cancellation));
        context.WriteJson(
            CliJson.Default.TrainingParityDocument, () => TrainingParityDocument.Of(report, Worst(report)));
        if (!context.WantsJson)
            Print(context.Human, report);
        TrainingFigure[] beyond = [.. report.Figures.Where(f => !f.Ok)];
        foreach (TrainingFigure figure in beyond.Take(Listed))
            context.Fail(
                Text(
                    $"{figure.Kind} '{figure.Name}' of step {figure.Step}: relative error {figure.RelativeError:0.0e0} "
                        + $"where {figure.Tolerance:0.0e0} is allowed"));
        if (beyond.Length > Listed)
            context.Fail(Text($"and {beyond.Length - Listed} more figures"));
        return report.Ok ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static IEnumerable<TrainingFigure> Worst(TrainingParityReport report) =>
        from kind in Enum.GetValues<TrainingFigureKind>()
        from step in report.Figures.Select(f => f.Step).Distinct().Order()
        let worst = report.Worst(kind, step)
        where worst is not null
        select worst;

    private static void Print(IAnsiConsole console, TrainingParityReport report)
    {
        TextTable table = new TextTable().AddColumn("kind").AddColumn("step", right: true)
            .AddColumn("worst", narrow: Narrow.Wrap).AddNumbers("relative error", "allowed").AddColumn("");
        foreach (TrainingFigure f in Worst(report))
            table.AddRow(
                f.Kind.ToString(), Text($"{f.Step}"), Markup.Escape(f.Name), Text($"{f.RelativeError:0.0e0}"),
                Text($"{f.Tolerance:0.0e0}"), f.Ok ? "ok" : "[red]differs[/]");
        console.Write(table);
        console.WriteLine(
            Text(
                $"{Path.GetFileName(report.File)} ({report.Variant}, {report.Engine}): {report.Figures.Count(f => f.Ok)} "
                    + $"of {report.Figures.Count} figures agree"));
        console.WriteLine(Text($"{report.Skipped.Count} tensors have no gradient above rounding"));
    }
}
