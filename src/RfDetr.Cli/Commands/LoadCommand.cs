using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr load</c>: requests on a fixed schedule, with latencies from the time at which each was to be sent.
/// </summary>
internal sealed class LoadCommand
{
    private const string DefaultPath = "/detect";

    private readonly Argument<string> _url = new("URL")
    {
        Description = $"Where images are posted to; without a path {DefaultPath}. A server on this machine, or --allow-remote.",
    };
    private readonly Option<string[]> _images =
        ImageOption.Create("Images to send in turn: files, folders or patterns; otherwise eight drawn scenes of 640×480.");
    private readonly Option<double[]> _rates =
        Numbers("--rate", "R,…", "Requests per second; each rate is a step (default 5).", LoadOptions.MostRate);
    private readonly Option<double[]> _percent = Numbers(
        "--percent", "P,…", "Steps in percent of the capacity, which is measured first, e.g. 25,50,75,90,100,150.", 1000);
    private readonly Option<float?> _capacity = OptionsOf.Number(
        "--capacity", "R", "Requests per second that are 100 percent, instead of measuring them.", 0.001f,
        (float)LoadOptions.MostRate);
    private readonly Option<int?> _callers =
        OptionsOf.Whole("--callers", "N", "Callers that measure the capacity (default 4).", 1, 256);
    private readonly Option<float?> _seconds = OptionsOf.Number("--seconds", "S", "Length of a step (default 10).", 0.01f, 3600);
    private readonly Option<int?> _rounds =
        OptionsOf.Whole("--rounds", "N", "Runs of all steps, every other one in reverse order (default 1).", 1, 100);
    private readonly Option<int?> _inFlight = OptionsOf.Whole(
        "--in-flight", "N", "Requests without an answer at most (default 256); the waiting of later ones counts.", 1, 10_000);
    private readonly Option<float?> _timeout =
        OptionsOf.Number("--timeout", "S", "Give a request up so long after its intended time (default 60).", 0.01f, 600);
    private readonly Option<string?> _arrivals = OptionsOf.Choice(
        "--arrivals", "Spacing of requests: even (the default), or random as of many independent callers.", "even", "random");
    private readonly Option<int?> _seed =
        OptionsOf.Whole("--seed", "N", "Seed of random arrivals (default 1).", 0, int.MaxValue);
    private readonly Option<string?> _key =
        OptionsOf.Text("--key-from", "FILE", "Send the key in the first line of this file as Authorization: Bearer.");
    private readonly Option<bool> _remote =
        OptionsOf.Flag("--allow-remote", "Permit a server on another machine. Load only servers of your own.");

    public static Command Create()
    {
        var c = new LoadCommand();
        return new Verb(
            "load", "Load a server with images on a fixed schedule and report rates, latencies and statuses.", c.RunAsync,
            c._url, c._images, c._rates, c._percent, c._capacity, c._callers, c._seconds, c._rounds, c._inFlight, c._timeout,
            c._arrivals, c._seed, c._key, c._remote);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        LoadOptions options = Options(context);
        options.Validate();
        ImageSet images = await Task.Run(() => BenchmarkInputs.Read(context.Get(_images) ?? []), context.Cancellation)
            .ConfigureAwait(false);
        int steps = Math.Max(options.Rates.Count, options.Percent.Count) * options.Rounds, done = 0;
        LoadReport report = await context.WithProgressAsync("loading", bar =>
        {
            var progress = new ActionProgress<LoadStep>(s => bar.Report(++done, steps, LoadText.Progress(s)));
            return LoadGenerator.RunAsync(images, options, progress, context.Cancellation);
        }).ConfigureAwait(false);
        context.WriteJson(report.Write);
        Print(context.Human, report);
        return ExitCodes.Done;
    }

    private LoadOptions Options(CliContext context)
    {
        double[] percent = context.Get(_percent) ?? [], rates = context.Get(_rates) ?? [];
        if (percent.Length > 0 && rates.Length > 0)
            throw new ArgumentException("--rate and --percent both name steps; give one of them");
        if (percent.Length == 0 && (context.Get(_capacity) is not null || context.Get(_callers) is not null))
            throw new ArgumentException("--capacity and --callers belong to --percent, which is missing");
        var defaults = new LoadOptions { Url = Address(context.Get(_url)) };
        return defaults with
        {
            Rates = percent.Length > 0 ? [] : rates.Length > 0 ? rates : [5],
            Percent = percent,
            Capacity = Decimal(context.Get(_capacity)),
            Callers = context.Get(_callers) ?? defaults.Callers,
            Seconds = Decimal(context.Get(_seconds)) ?? defaults.Seconds,
            Rounds = context.Get(_rounds) ?? defaults.Rounds,
            InFlight = context.Get(_inFlight) ?? defaults.InFlight,
            TimeoutSeconds = Decimal(context.Get(_timeout)) ?? defaults.TimeoutSeconds,
            Arrivals = context.Get(_arrivals) == "random" ? Arrivals.Random : Arrivals.Even,
            Seed = (ulong)(context.Get(_seed) ?? (int)defaults.Seed),
            Key = context.Get(_key) is { } file ? Key(file) : null,
            AllowRemote = context.Get(_remote),
        };
    }

    // As it was written: 0.1 as a float is a little more, which would be one request more.
    private static double? Decimal(float? value) => value is { } v ? Math.Round((double)v, 5) : null;

    // A key on the command line would be seen in the list of processes.
    private static string Key(string file) =>
        File.ReadLines(file).FirstOrDefault()?.Trim() is { Length: > 0 } key
            ? key
            : throw new ArgumentException($"--key-from '{file}': the first line is empty, expected a key");

    private static Uri Address(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || url.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{text}' is no address; expected for example http://127.0.0.1:9001{DefaultPath}");
        return url.AbsolutePath == "/" ? new UriBuilder(url) { Path = DefaultPath }.Uri : url;
    }

    private static void Print(IAnsiConsole console, LoadReport report)
    {
        console.WriteLine(LoadText.Title(report));
        console.WriteLine(LoadText.Machine(report));
        var table = new TextTable();
        foreach (string heading in LoadText.Headings)
            table.AddColumn(heading, right: heading != "statuses", heading == "statuses" ? Narrow.Wrap : Narrow.Keep);
        foreach (LoadStep step in report.Steps)
            table.AddRow([.. LoadText.Row(step).Select(Markup.Escape)]);
        console.Write(table);
        console.WriteLine("latency is counted from the time at which a request was to be sent; 'others' includes the server");
    }

    private static Option<double[]> Numbers(string name, string help, string description, double most) =>
        OptionsOf.Repeat(name, help, description, text => text.Split(',').Select(part =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value > 0
                && value <= most
                ? value
                : throw new FormatException(
                    string.Create(CultureInfo.InvariantCulture, $"is not a list of numbers above 0 and at most {most}")))
            .ToArray());
}
