using System.CommandLine;
using System.Globalization;
using System.Text.Json;
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
            context.WriteJson(json => WriteJson(json, evaluation));
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

    private static void WriteJson(Utf8JsonWriter json, TrackEvaluation evaluation)
    {
        json.WriteStartObject();
        json.WriteStartArray("sequences");
        foreach (SequenceScores s in evaluation.Sequences)
        {
            json.WriteStartObject();
            json.WriteString("name", s.Name);
            json.WriteNumber("frames", s.Frames);
            json.WriteNumber("true_ids", s.TrueIds);
            json.WriteNumber("ids", s.ResultIds);
            Write(json, s.Scores);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartObject("together");
        Write(json, evaluation.Together);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, TrackingScores s)
    {
        foreach ((string name, double value) in new[]
        {
            ("hota", s.Hota.Hota), ("det_a", s.Hota.DetA), ("ass_a", s.Hota.AssA), ("det_re", s.Hota.DetRe),
                ("det_pr", s.Hota.DetPr),
            ("ass_re", s.Hota.AssRe), ("ass_pr", s.Hota.AssPr), ("loc_a", s.Hota.LocA), ("mota", s.Clear.Mota),
                ("motp", s.Clear.Motp),
            ("recall", s.Clear.Recall), ("precision", s.Clear.Precision), ("idf1", s.Identity.Idf1), ("idr", s.Identity.Recall),
            ("idp", s.Identity.Precision),
        })
        {
            json.WriteNumber(name, Math.Round(value, 6));
        }

        foreach ((string name, long value) in new[]
        {
            ("switches", s.Clear.IdSwitches), ("fragmentations", s.Clear.Fragmentations),
                ("true_positives", s.Clear.TruePositives),
            ("false_positives", s.Clear.FalsePositives), ("false_negatives", s.Clear.FalseNegatives),
                ("mostly_tracked", s.Clear.MostlyTracked),
            ("partly_tracked", s.Clear.PartlyTracked), ("mostly_lost", s.Clear.MostlyLost),
        })
        {
            json.WriteNumber(name, value);
        }
    }

    private static string Percent(double value) => (100 * value).ToString("0.0", CultureInfo.InvariantCulture);

    private static string Whole(long value) => value.ToString(CultureInfo.InvariantCulture);
}
