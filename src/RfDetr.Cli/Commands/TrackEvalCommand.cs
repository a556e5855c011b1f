using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Tracking;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr track-eval</c>: HOTA, MOTA, IDF1 and switches of MOTChallenge files.</summary>
internal static class TrackEvalCommand
{
    public static Command Create()
    {
        var truth =
            new Argument<string>("TRUTH") { Description = "A MOTChallenge file, or a folder with NAME.txt or NAME/gt/gt.txt." };
        var result =
            new Argument<string>("RESULT") { Description = "A MOTChallenge file, or a folder with NAME.txt for each sequence." };
        return new Verb(
            "track-eval", "Measure tracks against the truth: HOTA, DetA, AssA, MOTA, IDF1, switches.", Run, truth, result);

        async Task<int> Run(CliContext context)
        {
            (string expected, string found) = (context.Get(truth), context.Get(result));
            TrackEvaluation evaluation = await context.WithProgressAsync(
                "comparing", _ => Task.Run(() => TrackEvaluation.Run(expected, found), context.Cancellation));
            context.WriteJson(CliJson.Default.TrackEvalDocument, () => TrackEvalDocument.Of(evaluation));
            if (!context.WantsJson)
                Print(context.Human, evaluation);
            return ExitCodes.Done;
        }
    }

    private static void Print(IAnsiConsole console, TrackEvaluation evaluation)
    {
        TextTable table = new TextTable().AddColumn("sequence", narrow: Narrow.Wrap)
            .AddNumbers("objects", "ids", "HOTA", "DetA", "AssA", "MOTA", "IDF1", "switches", "FP", "FN");
        foreach (SequenceScores s in evaluation.Sequences)
            AddRow(table, Markup.Escape(s.Name), s.TrueIds, s.ResultIds, s.Scores);
        if (evaluation.Sequences.Count > 1)
            AddRow(table, "together", evaluation.Sequences.Sum(
                s => s.TrueIds), evaluation.Sequences.Sum(s => s.ResultIds), evaluation.Together);
        console.Write(table);
    }

    private static void AddRow(TextTable table, string name, int objects, int ids, TrackingScores s) => table.AddRow(
        name,
        Whole(objects),
        Whole(ids),
        Percent(s.Hota.Hota),
        Percent(s.Hota.DetA),
        Percent(s.Hota.AssA),
        Percent(s.Clear.Mota),
        Percent(s.Identity.Idf1),
        Whole(s.Clear.IdSwitches),
        Whole(s.Clear.FalsePositives),
        Whole(s.Clear.FalseNegatives));

    private static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
