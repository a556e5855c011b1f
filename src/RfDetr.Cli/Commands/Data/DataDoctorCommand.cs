using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using RfDetr.Model;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data doctor</c>: what is wrong with a data set, before hours are spent on it.</summary>
internal sealed class DataDoctorCommand
{
    private readonly DataArguments _data = new();
    private readonly Option<string?> _model = OptionsOf.Text(
        "--model", "NAME|FILE", "Model to be trained: its resolution, patch and queries decide what it can see (default nano).");
    private readonly Option<int?> _resolution =
        OptionsOf.Whole("--resolution", "R", "Side of the network's input in pixels, instead of the model's.", 1, 8192);
    private readonly Option<int?> _patch =
        OptionsOf.Whole("--patch", "P", "Side of a patch in pixels, instead of the model's.", 1, 256);
    private readonly Option<int?> _queries =
        OptionsOf.Whole("--queries", "Q", "Most objects of an image, instead of the model's.", 1, 100_000);
    private readonly Option<int?> _examples =
        OptionsOf.Whole("--examples", "N", "Most examples of a finding (default 3).", 0, 100_000);
    private readonly Option<bool> _quick = OptionsOf.Flag(
        "--no-images", "Examine annotations only: quick, but finds neither broken images nor copies.", "--no-pictures");
    private readonly Option<bool> _strict = OptionsOf.Flag("--strict", "Warnings fail too.");

    public static Command Create()
    {
        var c = new DataDoctorCommand();
        return new Verb(
            "doctor",
            "Find what is wrong with a data set: broken files, odd boxes, leakage, objects the model cannot see. Exit "
                + "code 1 if there are errors.",
            c.RunAsync, [.. c._data.Symbols, c._model, c._resolution, c._patch, c._queries, c._examples, c._quick, c._strict]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        DoctorOptions options = Options(context);
        string folder = _data.Folder(context);
        DataSetOptions reading = _data.Options(context);
        DoctorReport report = await context.WithProgressAsync("reading images", bar => Task.Run(
            () => DataDoctor.Examine(folder, options, reading, new ImageProgress(bar), context.Cancellation),
            context.Cancellation)).ConfigureAwait(false);
        bool fails = report.Count(FindingLevel.Error) > 0 || (context.Get(_strict) && report.Count(FindingLevel.Warning) > 0);
        context.WriteJson(CliJson.Default.DoctorDocument, () => DoctorDocument.Of(folder, options, report, ok: !fails));
        if (!context.WantsJson)
            Print(context.Human, report);
        return fails ? ExitCodes.Failed : ExitCodes.Done;
    }

    private DoctorOptions Options(CliContext context)
    {
        ModelConfig model = ModelConfigs.Of(context.Get(_model) ?? "nano");
        return new DoctorOptions
        {
            Resolution = context.Get(_resolution) ?? model.Resolution,
            Patch = context.Get(_patch) ?? model.PatchSize,
            Queries = context.Get(_queries) ?? model.NumQueries,
            Examples = context.Get(_examples) ?? 3,
            ReadImages = !context.Get(_quick),
        };
    }

    private static void Print(IAnsiConsole console, DoctorReport report)
    {
        if (report.Data is { } data)
        {
            IEnumerable<string> splits =
                data.Splits.Select(s => $"{s.Name} {Invariant.Plural(s.Images.Count, "image")}");
            console.MarkupLineInterpolated($"{data.Layout}: {string.Join(", ", splits)}");
            console.MarkupLineInterpolated($"{data.Classes.Describe()}");
        }

        foreach (DataFinding finding in report.Findings)
        {
            (string color, string word) = finding.Level switch
            {
                FindingLevel.Error => ("red", "error"),
                FindingLevel.Warning => ("yellow", "warning"),
                _ => ("blue", "note")
            };
            string split = finding.Split is { } name ? $"{name}: " : "";
            console.MarkupLine($"[{color}]{word}[/] [gray]{finding.Code}[/] {Markup.Escape(split + finding.Text)}");
            foreach (string example in finding.Examples)
                console.MarkupLineInterpolated($"    {example}");
            if (finding.Count > finding.Examples.Count && finding.Examples.Count > 0)
                console.MarkupLineInterpolated($"    … {finding.Count - finding.Examples.Count} more");
        }

        console.WriteLine(
            $"{Counted(FindingLevel.Error, "error")}, {Counted(FindingLevel.Warning, "warning")}, "
                + Counted(FindingLevel.Note, "note"));

        string Counted(FindingLevel level, string name) => Invariant.Plural(report.Count(level), name);
    }
}
