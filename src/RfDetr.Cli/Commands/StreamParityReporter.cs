using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Tracking;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr parity --streams</c>: trackers, zones, tiling and tracking metrics against golden files, per file and set-up.
/// </summary>
internal static class StreamParityReporter
{
    public static async Task<int> Run(CliContext context, string path)
    {
        IReadOnlyList<string> files = StreamParity.Files(path);
        var results = new List<StreamParityResult>();
        await context.WithProgressAsync("comparing", async bar =>
        {
            for (int i = 0; i < files.Count; i++)
            {
                context.Cancellation.ThrowIfCancellationRequested();
                bar.Report(i, files.Count, Path.GetFileName(files[i]));
                results.AddRange(await Task.Run(() => StreamParity.Run(files[i]), context.Cancellation));
            }

            return results.Count;
        });
        context.WriteJson(CliJson.Default.StreamParityDocument, () => StreamParityDocument.Of(results));
        if (!context.WantsJson)
            Print(context.Human, results);
        foreach (StreamParityResult r in results.Where(r => !r.Ok))
            context.Fail($"{Path.GetFileName(r.File)}, {r.Setup}: the first frame that differs is {r.Frame}: {r.Difference}");
        return results.All(r => r.Ok) ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(IAnsiConsole console, List<StreamParityResult> results)
    {
        TextTable table = new TextTable().AddColumn("file", narrow: Narrow.Wrap).AddNumbers("set-ups", "agree").AddColumn("");
        foreach (IGrouping<string, StreamParityResult> file in results.GroupBy(r => r.File))
        {
            int agree = file.Count(r => r.Ok);
            table.AddRow(Markup.Escape(Path.GetFileName(file.Key)), Text(file.Count()), Text(agree), agree == file.Count() ? "ok"
                : "[red]differs[/]");
        }

        console.Write(table);
        console.WriteLine($"{results.Count(r => r.Ok)} of {results.Count} set-ups agree");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
