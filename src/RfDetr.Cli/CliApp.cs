using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using RfDetr.Cli.Commands;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli;

/// <summary>The command line as a function: arguments and streams in, exit code out. The one place that runs a verb.</summary>
public static class CliApp
{
    /// <summary>The exit code of work that was interrupted.</summary>
    public const int Interrupted = ExitCodes.Interrupted;

    /// <summary>Runs a command line.</summary>
    /// <param name="args">The arguments, verb first.</param>
    /// <param name="output">Results: text for people, or JSON with <c>--json -</c> and then nothing else.</param>
    /// <param name="error">Errors, warnings, progress.</param>
    /// <param name="input">Standard input, for <c>-</c>.</param>
    /// <param name="cancellationToken">Ends the work; the exit code is then 130.</param>
    /// <returns>0 done, 1 the work failed, 2 wrong use, 130 interrupted.</returns>
    public static async Task<int> RunAsync(
        string[] args, TextWriter output, TextWriter error, Stream input, CancellationToken cancellationToken = default)
    {
        if (args is [ServeCommand.Name, .. string[] forServer])
            return await ServeAsync(forServer, error, cancellationToken).ConfigureAwait(false);
        // Not a RootCommand: that one is called after the assembly, and users type "rfdetr".
        var root = new Command(
            "rfdetr",
            "RF-DETR: object detection and instance segmentation, without Python.\n\n"
                + "Exit codes: 0 done; 1 the work failed (bad file, failed download, mismatch); "
                + "2 wrong use (unknown option or verb, bad value); 130 interrupted (143 by SIGTERM).");
        foreach (Command verb in VerbsFor(args))
            root.Add(verb);
        root.Add(new HelpOption());
        root.Add(new VersionOption());
        root.Add(CommonOptions.Json());
        root.Add(CommonOptions.Verbose());
        root.Add(CommonOptions.MaxPixels());

        var configuration = new InvocationConfiguration
        {
            Output = output,
            Error = error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = null,
        };
        // Letters are not bundled: "-model" is a slip of "--model", not "-m odel".
        ParseResult parsed = root.Parse(args, new ParserConfiguration { EnablePosixBundling = false });
        if (parsed.Action is { } builtIn and not ParseErrorAction)
            return await ExplainAsync(parsed, configuration, cancellationToken).ConfigureAwait(false);
        if (UsageErrors.Of(parsed) is { Count: > 0 } mistakes)
            return UsageErrors.Print(mistakes, parsed, error);
        if (parsed.CommandResult.Command is not Verb chosen)
        {
            configuration.Output = error;
            _ = await ExplainAsync(root.Parse([.. args, "--help"]), configuration, cancellationToken).ConfigureAwait(false);
            return ExitCodes.WrongUse;
        }

        ImageLimits limits = ImageLimits.Default;
        try
        {
            if (parsed.GetValue<int?>(CommonOptions.MaxPixelsName) is { } most)
                ImageLimits.Default = limits with { MaxPixels = most };
            var context = new CliContext(parsed, output, error, input, cancellationToken);
            return await chosen.Run(context).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failures.Print(e, error, parsed.GetValue<bool>(CommonOptions.VerboseName));
        }
        finally
        {
            ImageLimits.Default = limits;
        }
    }

    // --help and --version. Whoever closes the pipe, as "| head" does, has read enough: nothing to complain of.
    private static async Task<int> ExplainAsync(
        ParseResult parsed, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        const int brokenPipe = 32; // EPIPE
        try
        {
            return await parsed.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            return e.HResult == brokenPipe ? ExitCodes.Failed : Failures.Print(e, configuration.Error, verbose: false);
        }
    }

    private static async Task<int> ServeAsync(string[] args, TextWriter error, CancellationToken cancellationToken)
    {
        try
        {
            return await ServeCommand.RunAsync(args, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            return Failures.Print(e, error, verbose: false);
        }
    }

    /// <summary>Every verb, those within others too.</summary>
    internal static IEnumerable<Command> AllVerbs() =>
        Verbs.Select(v => v.Create()).SelectMany(v => v.Subcommands.Count > 0 ? v.Subcommands : (IEnumerable<Command>)[v]);

    /// <summary>The verbs of the first level by name, in the order of the help text.</summary>
    internal static readonly (string Name, Func<Command> Create)[] Verbs =
    [
        ("detect", DetectCommand.Create),
        ("track", TrackCommand.Create),
        ("jobs", JobsCommand.Create),
        ("cameras", CamerasCommand.Create),
        ("download", DownloadCommand.Create),
        ("variants", VariantsCommand.Create),
        ("doctor", DoctorCommand.Create),
        ("data", DataCommand.Create),
        ("eval", EvalCommand.Create),
        ("coco-eval", CocoEvalCommand.Create),
        ("train", TrainCommand.Create),
        ("quantize", QuantizeCommand.Create),
        ("export", ExportCommand.Create),
        ("inspect", InspectCommand.Create),
        ("parity", ParityCommand.Create),
        ("track-eval", TrackEvalCommand.Create),
        ("benchmark", BenchmarkCommand.Create),
        ("load", LoadCommand.Create),
        ("compare", CompareCommand.Create),
        ("diff", DiffCommand.Create),
        (ServeCommand.Name, ServeCommand.Create),
    ];

    // A verb that comes first is made alone: the options of all the others, those of training above all, cost a tenth of a second
    // at the start of every command.
    private static IEnumerable<Command> VerbsFor(string[] args)
    {
        (string Name, Func<Command> Create)[] first = [.. Verbs.Where(v => v.Name == args.FirstOrDefault())];
        return (first is [] ? Verbs : first).Select(v => v.Create());
    }
}
