using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr doctor</c>: reports what this machine has and whether it works.</summary>
internal sealed class DoctorCommand
{
    private readonly Option<string?> _runtime =
        OptionsOf.Text("--onnxruntime", "PATH", "Another ONNX Runtime library, or the folder it is in.");

    private readonly Option<string?> _part =
        OptionsOf.Text(PartProbe.Option, "NAME", "Try this part only: libtorch, or an execution provider.");

    public static Command Create()
    {
        var c = new DoctorCommand();
        c._part.Hidden = true;
        return new Verb(
            "doctor", "Show what is installed and which providers work; exit code 1 if something needed is missing.", c.RunAsync,
            c._runtime, c._part);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? runtime = context.Get(_runtime), part = context.Get(_part);
        IReadOnlyList<Finding> findings = await context.WithSignAsync("trying what is installed", () => Task.Run(
            () => part is null
                ? DoctorChecks.Run(runtime, context.Cancellation)
                : [DoctorChecks.TryPart(part, runtime, context.Cancellation)],
            context.Cancellation)).ConfigureAwait(false);
        bool healthy = !findings.Any(f => f.State == Health.Missing);
        context.WriteJson(CliJson.Default.HealthDocument, () => HealthDocument.Of(findings, healthy));
        if (!context.WantsJson)
            Print(context.Human, findings, healthy);
        return healthy ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<Finding> findings, bool healthy)
    {
        TextTable table = new TextTable().AddColumn("").AddColumn("").AddColumn("", narrow: Narrow.Wrap);
        foreach (Finding finding in findings)
        {
            (string mark, string color) = finding.State switch
            {
                Health.Works => ("ok", "green"),
                Health.Missing => ("missing", "red"),
                Health.Limited => ("note", "yellow"),
                _ => ("", "default"),
            };
            table.AddRow($"[{color}]{mark}[/]", Markup.Escape(finding.Name), Markup.Escape(finding.Text));
        }

        console.Write(table);
        console.MarkupLine(healthy ? "[green]Everything needed is there.[/]" : "[red]Something needed is missing; see above.[/]");
    }
}
