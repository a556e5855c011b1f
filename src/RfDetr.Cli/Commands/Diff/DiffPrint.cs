using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>Prints a difference of two models for people.</summary>
internal static class DiffPrint
{
    private const int MostImages = 10;

    public static void To(IAnsiConsole console, ModelDiff diff)
    {
        console.WriteLine(DiffText.Models(diff));
        var table = new Table { Border = TableBorder.Simple };
        foreach (string heading in DiffText.Headings)
            table.AddColumn(heading, c => c.Alignment = heading == DiffText.Headings[0] ? Justify.Left : Justify.Right);
        foreach (ClassDiff c in diff.Classes.Append(diff.Total))
            table.AddRow(DiffText.Row(c).Select(Markup.Escape).ToArray());
        console.Write(table);
        foreach (ImageDiff image in diff.Images.Where(p => p.Lost.Count + p.New.Count > 0).Take(MostImages))
            console.WriteLine(DiffText.Image(image));
        console.MarkupLineInterpolated($"[bold]{DiffText.Summary(diff)}[/]");
    }
}
