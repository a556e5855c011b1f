using System.CommandLine;
using System.Text.Json;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr doctor</c>: what this machine has, and whether it works.</summary>
internal sealed class DoctorCommand
{
    private readonly Option<string?> _runtime = OptionsOf.Text("--onnxruntime", "PATH", "Another ONNX Runtime library, or the folder it is in.");

    public static Command Create()
    {
        var c = new DoctorCommand();
        return new Verb("doctor", "Show what is installed and which providers work; exit code 1 if something needed is missing.", c.RunAsync, c._runtime);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? runtime = context.Get(_runtime);
        IReadOnlyList<Finding> findings = await Task.Run(() => DoctorChecks.Run(runtime, context.Cancellation), context.Cancellation).ConfigureAwait(false);
        bool healthy = !findings.Any(f => f.State == Health.Missing);
        context.WriteJson(json => Write(json, findings, healthy));
        if (!context.WantsJson)
            Print(context.Human, findings, healthy);
        return healthy ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<Finding> findings, bool healthy)
    {
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true }).AddColumn();
        foreach (Finding finding in findings)
        {
            string mark = finding.State switch
            {
                Health.Works => "[green]ok[/]",
                Health.Missing => "[red]missing[/]",
                Health.Limited => "[yellow]note[/]",
                _ => "",
            };
            grid.AddRow(mark, Markup.Escape(finding.Name), Markup.Escape(finding.Text));
        }

        console.Write(grid);
        console.MarkupLine(healthy ? "[green]Everything needed is there.[/]" : "[red]Something needed is missing; see above.[/]");
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Finding> findings, bool healthy)
    {
        json.WriteStartObject();
        json.WriteBoolean("healthy", healthy);
        json.WriteStartArray("findings");
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("name", finding.Name);
            json.WriteString("state", JsonNamingPolicy.CamelCase.ConvertName(finding.State.ToString()));
            json.WriteString("text", finding.Text);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }
}
