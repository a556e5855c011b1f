using System.Globalization;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>The report for people: a table for each image of a few, a line for each of many, and a summary.</summary>
internal sealed class DetectReport(IAnsiConsole console, int total)
{
    private const int MostTables = 10;
    private const int MostRows = 12;

    private readonly Dictionary<string, int> _perClass = [];
    private StageTimes _times;
    private int _succeeded;

    public int Done => _succeeded + Failed;

    public int Failed { get; private set; }

    public void Add(ImageOutcome outcome, CliContext context, bool quiet)
    {
        if (!outcome.Succeeded)
        {
            Failed++;
            context.Fail(Failure(outcome));
            return;
        }

        _succeeded++;
        if (outcome.Result.IsSaturated)
        {
            context.Warn(
                $"{outcome.Source.Name} used up the model's candidates: there may be more objects; try --tiles auto");
        }

        StageTimes t = outcome.Result.Times;
        _times += t;
        foreach (Detection detection in outcome.Result.Items)
            _perClass[detection.ClassName] = _perClass.GetValueOrDefault(detection.ClassName) + 1;
        if (total <= MostTables && Done <= MostTables)
            Table(outcome.Source.Name, outcome.Result);
        else if (!quiet)
            Line(outcome.Source.Name, outcome.Result);
    }

    public void Summarize(OutputPlan plan)
    {
        int objects = _perClass.Values.Sum();
        string failed = Failed > 0 ? $", {Failed} failed" : "";
        string classes = objects > 0 ? ": " + Counts(_perClass) : "";
        console.MarkupLineInterpolated(
            $"[bold]{Invariant.Plural(_succeeded, "image")}{failed}, {Invariant.Plural(objects, "object")}[/]{classes}");
        if (_succeeded > 0)
        {
            double decode = _times.DecodeMs / _succeeded, prepare = _times.PreprocessMs / _succeeded;
            double run = _times.InferenceMs / _succeeded, select = _times.PostprocessMs / _succeeded;
            string stages = Invariant.Text(
                $"decode {decode:0.0}, preprocess {prepare:0.0}, inference {run:0.0}, postprocess {select:0.0}");
            console.MarkupLineInterpolated($"[gray]ms per image: {stages}[/]");
        }

        if (plan.WritesAnything && _succeeded > 0)
            console.MarkupLineInterpolated($"{Written(plan)} in [green]{plan.Folder}[/]");
    }

    private void Table(string name, Detections found)
    {
        string count = found.Items.Count == 0 ? "nothing found" : Invariant.Plural(found.Items.Count, "object");
        console.MarkupLineInterpolated($"[bold]{name}[/]  {found.Width}×{found.Height}  {count}");
        if (found.Items.Count == 0)
            return;
        TextTable table = new TextTable().AddColumn("class", narrow: Narrow.Wrap)
            .AddNumbers("score", "left", "top", "right", "bottom");
        foreach (Detection d in found.Items.Take(MostRows))
        {
            table.AddRow([Markup.Escape(d.ClassName), d.Score.ToString("0.000", CultureInfo.InvariantCulture),
                .. ((float[])[d.Box.X1, d.Box.Y1, d.Box.X2, d.Box.Y2]).Select(v =>
                    v.ToString("0.0", CultureInfo.InvariantCulture))]);
        }

        console.Write(table);
        if (found.Items.Count > MostRows)
            console.MarkupLineInterpolated($"[gray]  … and {found.Items.Count - MostRows} more (all with --json -)[/]");
    }

    private void Line(string name, Detections found) =>
        console.MarkupLineInterpolated(
            $"{name}: {(found.Items.Count == 0 ? "nothing" : Counts(found.Items.CountBy(d => d.ClassName)))}");

    private static string Counts(IEnumerable<KeyValuePair<string, int>> counts) =>
        string.Join(
            ", ",
            counts.OrderByDescending(c => c.Value).ThenBy(c => c.Key, StringComparer.Ordinal).Select(c => $"{c.Value} {c.Key}"));

    private static string Written(OutputPlan plan)
    {
        List<string> parts = [];
        if (plan.Images)
            parts.Add("annotated images");
        if (plan.Crops)
            parts.Add("crops");
        parts.AddRange(plan.Formats);
        return string.Join(", ", parts);
    }

    // Messages of the image reader begin with the image already.
    private static string Failure(ImageOutcome outcome)
    {
        string message = Failures.Describe(outcome.Error!);
        return message.Contains(outcome.Source.Name, StringComparison.Ordinal) ? message : $"{outcome.Source.Name}: {message}";
    }
}
