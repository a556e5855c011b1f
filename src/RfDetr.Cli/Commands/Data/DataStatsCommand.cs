using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data stats</c>: how many of what, how large, how crowded.</summary>
internal sealed class DataStatsCommand
{
    private readonly DataArguments _data = new();

    public static Command Create()
    {
        var c = new DataStatsCommand();
        return new Verb(
            "stats", "Count a data set: objects by class and size, aspects, objects of an image.", c.RunAsync, c._data.Symbols);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        DataSet data = await _data.OpenAsync(context).ConfigureAwait(false);
        SplitStatistics[] splits = await Task.Run(() => data.Splits.Select(SplitStatistics.Of).ToArray(), context.Cancellation)
            .ConfigureAwait(false);
        context.WriteJson(CliJson.Default.StatisticsDocument, () => StatisticsDocument.Of(data, splits));
        if (!context.WantsJson)
        {
            foreach (SplitStatistics split in splits)
                Print(context.Human, split);
        }

        return ExitCodes.Done;
    }

    private static void Print(IAnsiConsole console, SplitStatistics s)
    {
        console.MarkupInterpolated(
            CultureInfo.InvariantCulture,
            $"[bold]{s.Name}[/]: {Invariant.Plural(s.Images, "image")} ({s.Empty} without objects)");
        console.MarkupLineInterpolated(
            CultureInfo.InvariantCulture, $", {s.Objects} objects ({s.WithMask} with masks), {s.Crowds} crowd regions");
        console.MarkupLineInterpolated(
            $"objects of an image {Text(s.PerImage, "0.#")}; width {Text(s.Width, "0")}; height {Text(s.Height, "0")}");
        TextTable table = new TextTable().AddColumn("logit", right: true).AddColumn("class", narrow: Narrow.Wrap)
            .AddNumbers("id", "objects", "images", "small", "medium", "large")
            .AddColumn("size %", right: true, Narrow.Drop).AddColumn("width ÷ height", right: true, Narrow.Drop);
        foreach (ClassStatistics c in s.Classes)
        {
            string[] cells =
            [
                Text(c.Class.Index), c.Class.Name, Text(c.Class.CategoryId), Text(c.Objects), Text(c.Images), Text(c.Small),
                Text(c.Medium), Text(c.Large),
                Short(c.Size, 100, "0.#"), Short(c.Aspect, 1, "0.##"),
            ];
            table.AddRow([.. cells.Select(Markup.Escape)]);
        }

        console.Write(table);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(Distribution d, string format) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{d.Least.ToString(format, CultureInfo.InvariantCulture)} to "
                + $"{d.Most.ToString(format, CultureInfo.InvariantCulture)}, median "
                + $"{d.Median.ToString(format, CultureInfo.InvariantCulture)}");

    private static string Short(Distribution d, double scale, string format) =>
        d.Count == 0
            ? "–"
            : string.Join(
                " | ",
                new[] { d.Tenth, d.Median, d.Ninetieth }.Select(v => (v * scale).ToString(format, CultureInfo.InvariantCulture)));
}
