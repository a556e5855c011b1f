using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>Prints a difference of two models for people.</summary>
internal static class DiffPrint
{
    private const int MostImages = 10;

    public static void To(IAnsiConsole console, ModelDiff diff)
    {
        console.WriteLine(DiffText.Models(diff));
        TextTable table = new TextTable().AddColumn(DiffText.Headings[0], narrow: Narrow.Wrap);
        for (int i = 1; i < DiffText.Headings.Length; i++)
            table.AddColumn(DiffText.Headings[i], right: true, i > 4 ? Narrow.Drop : Narrow.Keep);
        foreach (ClassDiff c in diff.Classes.Append(diff.Total))
            table.AddRow(DiffText.Row(c).Select(Markup.Escape).ToArray());
        console.Write(table);
        foreach (ImageDiff image in diff.Images.Where(p => p.Lost.Count + p.New.Count > 0).Take(MostImages))
            console.WriteLine(DiffText.Image(image));
        console.MarkupLineInterpolated($"[bold]{DiffText.Summary(diff)}[/]");
    }
}
