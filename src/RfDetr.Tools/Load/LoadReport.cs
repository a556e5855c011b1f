using System.Text.Json;
using System.Text.Json.Serialization;

namespace RfDetr.Tools;

/// <summary>The result of a load test, with everything needed to judge and to repeat it.</summary>
public sealed record LoadReport
{
    /// <summary>When the measurement began, UTC.</summary>
    public required DateTimeOffset MeasuredAt { get; init; }

    /// <summary>The address that was loaded, without user name and query: these may hold keys.</summary>
    public required string Url { get; init; }

    /// <summary>The machine of the generator, which shares it with a server on the loopback.</summary>
    public required LoadMachine Machine { get; init; }

    /// <summary>The bodies of requests.</summary>
    public required BenchmarkImages Images { get; init; }

    /// <summary>Length of a step in seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>The spacing of arrivals.</summary>
    public required Arrivals Arrivals { get; init; }

    /// <summary>The most requests in flight.</summary>
    public required int InFlight { get; init; }

    /// <summary>Seconds after which a request is given up.</summary>
    public required double TimeoutSeconds { get; init; }

    /// <summary>Requests per second that count as 100 percent; null if rates were given.</summary>
    public double? Capacity { get; init; }

    /// <summary>The steps in the order in which they ran.</summary>
    public required IReadOnlyList<LoadStep> Steps { get; init; }

    /// <summary>Writes the report as one JSON object.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        JsonSerializer.Serialize(json, this, LoadJsonContext.Default.LoadReport);
    }
}

/// <summary>The generator's machine and software.</summary>
/// <param name="Processor">Name of the processor.</param>
/// <param name="Cores">Processors that the generator may use.</param>
/// <param name="System">Operating system with version.</param>
/// <param name="Runtime">.NET with version.</param>
/// <param name="Library">Version of this library.</param>
/// <param name="LoadAverage">
/// Processes that ran or waited, averaged over the minute before the measurement; null where the system does not tell.
/// </param>
public sealed record LoadMachine(
    string Processor, int Cores, string System, string Runtime, string Library, double? LoadAverage);

/// <summary>Latencies in milliseconds.</summary>
/// <param name="P50">Median.</param>
/// <param name="P95">95th percentile.</param>
/// <param name="P99">99th percentile.</param>
/// <param name="Max">The largest.</param>
/// <param name="Mean">Arithmetic mean.</param>
public sealed record LoadLatency(double P50, double P95, double P99, double Max, double Mean)
{
    internal static LoadLatency? Of(double[] samples)
    {
        if (samples.Length == 0)
            return null;
        var s = SampleStatistics.Of(samples);
        return new(Rounded(s.P50), Rounded(s.P95), Rounded(s.P99), Rounded(s.Max), Rounded(s.Mean));
    }

    private static double Rounded(double value) => Math.Round(value, 3);
}

/// <summary>One rate for one length of time.</summary>
public sealed record LoadStep
{
    /// <summary>Requests per second that were asked for.</summary>
    public required double Rate { get; init; }

    /// <summary>The rate in percent of the capacity; null if rates were given.</summary>
    public double? Percent { get; init; }

    /// <summary>Number of the round, from 1.</summary>
    public required int Round { get; init; }

    /// <summary>Requests of the schedule.</summary>
    public required int Requests { get; init; }

    /// <summary>Requests of the schedule per second.</summary>
    public required double OfferedRate { get; init; }

    /// <summary>
    /// Successful answers per second, from the beginning to the end of the schedule or the last answer, whichever is later.
    /// </summary>
    public required double AchievedRate { get; init; }

    /// <summary>
    /// Number of requests by status; <c>timeout</c>, <c>connection</c> and <c>not_sent</c> (no place among those in flight became
    /// free in time) are those without one.
    /// </summary>
    public required IReadOnlyDictionary<string, int> Statuses { get; init; }

    /// <summary>Latency of successful answers from the intended time; null if there were none.</summary>
    public LoadLatency? LatencyMs { get; init; }

    /// <summary>The same from the time at which they were sent: what a generator that waits for answers would report.</summary>
    public LoadLatency? ServiceMs { get; init; }

    /// <summary>Latency of refusals (429 and 503) from the intended time; null if there were none.</summary>
    public LoadLatency? RefusedMs { get; init; }

    /// <summary>Refusals that did not say when to come back (<c>Retry-After</c>).</summary>
    public required int RefusalsWithoutRetryAfter { get; init; }

    /// <summary>Delay of sending behind the schedule.</summary>
    public required LoadLatency LagMs { get; init; }

    /// <summary>
    /// Part of all cores' time that was used by others than the generator, the server included; null where unknown.
    /// </summary>
    public double? OthersShare { get; init; }

    internal static LoadStep Of(double rate, int round, double seconds, LoadRequest[] requests, double? othersShare)
    {
        LoadRequest[] good = [.. requests.Where(r => r.Answer.IsSuccess)];
        LoadRequest[] refused = [.. requests.Where(r => r.Answer.IsRefusal)];
        double span = Math.Max(seconds, requests.Max(r => r.Answered).TotalSeconds);
        return new LoadStep
        {
            Rate = rate,
            Round = round,
            Requests = requests.Length,
            OfferedRate = Math.Round(requests.Length / seconds, 4),
            AchievedRate = Math.Round(good.Length / span, 4),
            Statuses = new SortedDictionary<string, int>(
                requests.GroupBy(r => r.Answer.Outcome).ToDictionary(g => g.Key, g => g.Count()), StringComparer.Ordinal),
            LatencyMs = LoadLatency.Of([.. good.Select(r => r.LatencyMs)]),
            ServiceMs = LoadLatency.Of([.. good.Select(r => r.ServiceMs)]),
            RefusedMs = LoadLatency.Of([.. refused.Select(r => r.LatencyMs)]),
            RefusalsWithoutRetryAfter = refused.Count(r => !r.Answer.TellsWhenToRetry),
            LagMs = LoadLatency.Of([.. requests.Select(r => r.LagMs)])!,
            OthersShare = othersShare,
        };
    }
}

/// <summary>Compiled serialization of reports.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(LoadReport))]
internal sealed partial class LoadJsonContext : JsonSerializerContext;
