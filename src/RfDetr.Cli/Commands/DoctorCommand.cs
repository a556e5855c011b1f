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

    private readonly Option<string?> _provider =
        OptionsOf.Text(ProviderProbe.Option, "NAME", "Try this execution provider only.");

    public static Command Create()
    {
        var c = new DoctorCommand();
        c._provider.Hidden = true;
        return new Verb(
            "doctor", "Show what is installed and which providers work; exit code 1 if something needed is missing.", c.RunAsync,
            c._runtime, c._provider);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string? runtime = context.Get(_runtime), provider = context.Get(_provider);
        IReadOnlyList<Finding> findings = await Task.Run(
            () =>
                provider is null
                    ? DoctorChecks.Run(runtime, context.Cancellation)
                    : [DoctorChecks.Try(provider, runtime, context.Cancellation)],
            context.Cancellation).ConfigureAwait(false);
        bool healthy = !findings.Any(f => f.State == Health.Missing);
        context.WriteJson(CliJson.Default.HealthDocument, () => HealthDocument.Of(findings, healthy));
        if (!context.WantsJson)
            Print(context.Human, findings, healthy);
        return healthy ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static void Print(IAnsiConsole console, IReadOnlyList<Finding> findings, bool healthy)
    {
        int width = findings.Max(f => f.Name.Length);
        var grid = new Grid().AddColumn(new GridColumn { NoWrap = true }).AddColumn(new GridColumn { NoWrap = true }).AddColumn();
        foreach (Finding finding in findings)
        {
            (string mark, string color) = finding.State switch
            {
                Health.Works => ("ok", "green"),
                Health.Missing => ("missing", "red"),
                Health.Limited => ("note", "yellow"),
                _ => ("", "default"),
            };
            // A grid pads every line to the same width, which a pipe has no use for.
            if (console.Profile.Capabilities.Interactive)
                grid.AddRow($"[{color}]{mark}[/]", Markup.Escape(finding.Name), Markup.Escape(finding.Text));
            else
                console.Profile.Out.Writer.WriteLine($"{mark,-7}  {finding.Name.PadRight(width)}  {finding.Text}");
        }

        if (console.Profile.Capabilities.Interactive)
            console.Write(grid);
        console.MarkupLine(healthy ? "[green]Everything needed is there.[/]" : "[red]Something needed is missing; see above.[/]");
    }
}
