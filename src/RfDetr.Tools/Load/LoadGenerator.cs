using System.Globalization;
using System.Runtime.InteropServices;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>
/// Loads a server with images on a fixed schedule (open loop) and reports what its callers would see. Safe from many threads,
/// though two measurements of one machine at a time disturb each other.
/// </summary>
public static class LoadGenerator
{
    /// <summary>Runs all steps.</summary>
    /// <param name="images">The bodies of requests, in turn.</param>
    /// <param name="options">Rates and bounds.</param>
    /// <param name="progress">Receives each step when it has ended.</param>
    /// <param name="cancellationToken">Ends the measurement; requests in flight are aborted.</param>
    /// <exception cref="ArgumentException">Options are out of their range.</exception>
    /// <exception cref="IOException">The server does not answer with success while its capacity is measured.</exception>
    public static async Task<LoadReport> RunAsync(
        ImageSet images, LoadOptions options, IProgress<LoadStep>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        using var target = new HttpLoadTarget(options, images);
        return await RunAsync(target, images.Summary, options, progress, cancellationToken).ConfigureAwait(false);
    }

    internal static async Task<LoadReport> RunAsync(
        ILoadTarget target, BenchmarkImages images, LoadOptions options, IProgress<LoadStep>? progress,
        CancellationToken cancellation)
    {
        options.Validate();
        LoadMachine machine = Machine();
        DateTimeOffset began = options.Clock.GetUtcNow();
        double? capacity = options.Percent.Count == 0
            ? null
            : options.Capacity ?? await CapacityProbe.MeasureAsync(target, options, cancellation).ConfigureAwait(false);
        (double Rate, double? Percent)[] planned = capacity is { } full
            ? [.. options.Percent.Select(p => (full * p / 100, (double?)p))]
            : [.. options.Rates.Select(r => (r, (double?)null))];
        RequireBounds(planned.Select(p => p.Rate), options);

        var steps = new List<LoadStep>();
        ulong seed = options.Seed;
        for (int round = 1; round <= options.Rounds; round++)
        {
            // Every other round in reverse: what drifts with time does not favor one end of the steps.
            foreach ((double rate, double? percent) in round % 2 == 1 ? planned : planned.Reverse())
            {
                LoadStep step = await new LoadStepRun(target, options, rate).RunAsync(round, seed++, cancellation)
                    .ConfigureAwait(false);
                step = step with { Percent = percent };
                steps.Add(step);
                progress?.Report(step);
            }
        }

        return new LoadReport
        {
            MeasuredAt = began,
            Url = options.Url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            Machine = machine,
            Images = images,
            Seconds = options.Seconds,
            Arrivals = options.Arrivals,
            InFlight = options.InFlight,
            TimeoutSeconds = options.TimeoutSeconds,
            Capacity = capacity is { } c ? Math.Round(c, 4) : null,
            Steps = steps,
        };
    }

    // A measured capacity can lead to rates that nobody asked for in figures.
    private static void RequireBounds(IEnumerable<double> rates, LoadOptions options)
    {
        foreach (double rate in rates)
        {
            if (rate > LoadOptions.MostRate || rate * options.Seconds is > LoadOptions.MostRequests or < 1)
                throw new ArgumentException(
                    Text($"a step of {rate:0.###} requests/s for {options.Seconds} s is out of bounds: at most ")
                        + Text($"{LoadOptions.MostRate} requests/s, and 1 to {LoadOptions.MostRequests} requests; ")
                        + "choose another percentage or length");
        }
    }

    private static LoadMachine Machine() => new(
        EnvironmentProbe.Processor(),
        Environment.ProcessorCount,
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription,
        typeof(LoadGenerator).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        ProcFile.Lines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0] is { } text
            && double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double load)
            ? load
            : null);
}
