using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>An evaluation for people: pycocotools' twelve lines, a table of classes, and the best score threshold.</summary>
internal static class EvaluationText
{
    private const int Tables = 100; // more classes than that are for --json

    // In the order of CocoMetrics.Stats. A limit of detections is its place among the options'; null is the largest.
    private static readonly (string Name, string Iou, string Area, int? Limit)[] s_lines =
    [
        ("Average Precision", "0.50:0.95", "all", null), ("Average Precision", "0.50", "all", null),
        ("Average Precision", "0.75", "all", null),
        ("Average Precision", "0.50:0.95", "small", null), ("Average Precision", "0.50:0.95", "medium", null),
        ("Average Precision", "0.50:0.95", "large", null),
        ("Average Recall", "0.50:0.95", "all", 0), ("Average Recall", "0.50:0.95", "all", 1),
        ("Average Recall", "0.50:0.95", "all", 2),
        ("Average Recall", "0.50:0.95", "small", null), ("Average Recall", "0.50:0.95", "medium", null),
        ("Average Recall", "0.50:0.95", "large", null),
    ];

    public static void Print(IAnsiConsole console, EvaluationResult result)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(result.Kind == EvaluationKind.Boxes ? "boxes" : "masks")}: {Invariant.Plural(result.Images, "image")}, "
                + $"{result.Classes.Sum(c => c.Objects)} objects of {result.Classes.Count(c => c.Objects > 0)} classes"));
        for (int i = 0; i < s_lines.Length; i++)
        {
            (string name, string iou, string area, int? limit) = s_lines[i];
            IReadOnlyList<int> limits = result.Metrics.Options.MaxDetections;
            if (limit >= limits.Count)
                continue; // fewer limits than COCO's three were looked at
            console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $" {name,-18} @[ IoU={iou,-9} | area={area,6} | maxDets={limits[limit ?? limits.Count - 1],3} ] = "
                    + $"{result.Metrics.Stats[i]:0.000}"));
        }

        PrintClasses(console, result);
        OperatingPoint best = result.Sweep.Best;
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"best mean F1 {best.F1:0.000} at score {best.Threshold:0.00}: precision {best.Precision:0.000}, recall "
                + $"{best.Recall:0.000} (IoU 0.50)"));
    }

    private static void PrintClasses(IAnsiConsole console, EvaluationResult result)
    {
        TextTable table = new TextTable().AddColumn("class", narrow: Narrow.Wrap)
            .AddNumbers("objects", "AP", "AP50", "AP75", "AR", "precision", "recall", "F1");
        foreach (ClassResult one in result.Classes.Take(Tables))
        {
            string[] numbers = one.Objects == 0
                ? ["–", "–", "–", "–", "–", "–", "–"]
                : [
                    .. (
                        (double[])[one.Ap, one.Ap50, one.Ap75, one.Ar, one.AtBest.Precision, one.AtBest.Recall, one.AtBest.F1])
                        .Select(v => v.ToString("0.000", CultureInfo.InvariantCulture))
                ];
            _ = table.AddRow([Markup.Escape(one.Class.Name), one.Objects.ToString(CultureInfo.InvariantCulture), .. numbers]);
        }

        console.WriteLine();
        console.Write(table);
        console.WriteLine();
        if (result.Classes.Count > Tables)
            console.WriteLine($"… and {result.Classes.Count - Tables} more classes; --json has them all");
    }
}
