using System.CommandLine;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>The options that let the machine choose how a network runs.</summary>
internal sealed class OptimizeArguments
{
    // Two scenes with objects that a model of this project knows; any other model computes on them as on any image.
    private const int Probes = 2;

    private readonly Option<bool> _optimize = OptionsOf.Flag(
        "--optimize", "Choose engine, threads, spinning and batch by measuring them on this machine; the choice is remembered.");
    private readonly Option<bool> _explain =
        OptionsOf.Flag("--explain", "With --optimize: show what was measured, what was chosen and why.");
    private readonly Option<bool> _refresh =
        OptionsOf.Flag("--refresh", "With --optimize: measure again, whatever is remembered.");
    private readonly Option<bool> _reduced =
        OptionsOf.Flag("--allow-reduced-precision", "With --optimize: also try what computes less precisely.");
    private readonly Option<float?> _seconds = OptionsOf.Number(
        "--optimize-seconds", "S", "With --optimize: time for measured calls (default 5); loading comes on top.", 0.01f, 3600);
    private readonly Option<string?> _cache = OptionsOf.Text(
        "--optimize-cache", "DIR",
        "With --optimize: where choices are remembered (default $RFDETR_HOME/optimized or ~/.rfdetr/optimized).");

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All => [_optimize, _explain, _refresh, _reduced, _seconds, _cache];

    /// <summary>True if <c>--optimize</c> was given.</summary>
    /// <exception cref="ArgumentException">Another of these options was given without it.</exception>
    public bool Wanted(CliContext context)
    {
        if (context.Get(_optimize))
            return true;
        (string Name, bool Given)[] others =
        [
            (_explain.Name, context.Get(_explain)), (_refresh.Name, context.Get(_refresh)),
            (_reduced.Name, context.Get(_reduced)),
            (_seconds.Name, context.Get(_seconds) is not null), (_cache.Name, context.Get(_cache) is not null),
        ];
        return others.FirstOrDefault(o => o.Given).Name is { } name
            ? throw new ArgumentException($"{name} belongs to --optimize, which is missing")
            : false;
    }

    /// <summary>Loads a model and, if that is wanted, optimizes it and says what was chosen.</summary>
    public async Task<Detector> LoadAsync(CliContext context, string model, ModelOptions options, Engine engine)
    {
        bool wanted = Wanted(context);
        Detector detector = await ModelArguments.LoadAsync(context, model, options, engine).ConfigureAwait(false);
        if (!wanted)
            return detector;
        using (detector)
        {
            Image[] probes = BenchmarkInputs.Probes(Probes);
            try
            {
                Detector optimized = await context.WithSignAsync(
                    "measuring engines",
                    () => detector.OptimizeForInferenceAsync(Options(context, probes), context.Cancellation))
                    .ConfigureAwait(false);
                Tell(context, optimized.Optimization!);
                return optimized;
            }
            finally
            {
                Array.ForEach(probes, p => p.Dispose());
            }
        }
    }

    private OptimizeOptions Options(CliContext context, IReadOnlyList<Image> probes)
    {
        var defaults = new OptimizeOptions();
        return defaults with
        {
            Probes = probes,
            Budget = context.Get(_seconds) is { } seconds ? TimeSpan.FromSeconds(seconds) : defaults.Budget,
            AllowReducedPrecision = context.Get(_reduced),
            Refresh = context.Get(_refresh),
            CacheFolder = context.Get(_cache),
        };
    }

    private void Tell(CliContext context, OptimizationReport report)
    {
        if (context.Get(_explain))
            context.Human.WriteLine(report.ToText());
        else
            context.Human.MarkupLineInterpolated(
                $"[gray]optimized: {report.Chosen}{(report.FromCache ? " (remembered)" : "")}: {report.Reason}[/]");
        foreach (string note in report.Notes)
            context.Warn(note);
    }
}
