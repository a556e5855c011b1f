using System.Net;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>The spacing of arrivals.</summary>
public enum Arrivals
{
    /// <summary>The same time between any two.</summary>
    Even,

    /// <summary>Exponential times between two (a Poisson process), as many independent callers make them.</summary>
    Random,
}

/// <summary>The address, the rates and the bounds of a load test.</summary>
public sealed record LoadOptions
{
    /// <summary>The most requests per second.</summary>
    public const double MostRate = 10_000;

    /// <summary>The most requests of one step; their times are held in memory.</summary>
    public const int MostRequests = 1_000_000;

    /// <summary>Address of requests; http or https, on this machine unless <see cref="AllowRemote"/>.</summary>
    public required Uri Url { get; init; }

    /// <summary>
    /// Requests per second, one step each; with <see cref="Percent"/> empty. More than 0 and at most <see cref="MostRate"/>.
    /// </summary>
    public IReadOnlyList<double> Rates { get; init; } = [];

    /// <summary>
    /// Steps in percent of <see cref="Capacity"/>; with <see cref="Rates"/> empty. More than 0 and at most 1000.
    /// </summary>
    public IReadOnlyList<double> Percent { get; init; } = [];

    /// <summary>
    /// Requests per second that count as 100 percent; null: measured first, by <see cref="Callers"/> that each wait for their
    /// answer before they ask again.
    /// </summary>
    public double? Capacity { get; init; }

    /// <summary>Callers of the measurement of capacity; 1..256.</summary>
    public int Callers { get; init; } = 4;

    /// <summary>Length of a step in seconds, and of the measurement of capacity; more than 0 and at most 3600.</summary>
    public double Seconds { get; init; } = 10;

    /// <summary>Number of runs of all steps, every other one in reverse order; 1..100.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Requests that are not yet answered, at most; 1..10,000. Later ones wait, and their waiting counts.</summary>
    public int InFlight { get; init; } = 256;

    /// <summary>Seconds from the intended time after which a request is given up; more than 0 and at most 600.</summary>
    public double TimeoutSeconds { get; init; } = 60;

    /// <summary>The spacing of arrivals.</summary>
    public Arrivals Arrivals { get; init; }

    /// <summary>Seed of <see cref="Arrivals.Random"/>.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>The key that is sent as <c>Authorization: Bearer</c>; null for none.</summary>
    public string? Key { get; init; }

    /// <summary>True permits a server on another machine, which must be one's own.</summary>
    public bool AllowRemote { get; init; }

    /// <summary>The clock of the schedule.</summary>
    internal TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <exception cref="ArgumentException">Options are out of their range; the message names all of them.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
            wrong.Add($"{nameof(Url)} is '{Url}', expected an address that begins with http:// or https://");
        else if (!AllowRemote && !IsLoopback(Url))
            wrong.Add(
                $"{nameof(Url)} leads to '{Url.Host}', not to this machine; {nameof(AllowRemote)} permits it for a server of "
                    + "your own");
        if ((Rates.Count > 0) == (Percent.Count > 0))
            wrong.Add(
                Text($"{nameof(Rates)} has {Rates.Count} steps and {nameof(Percent)} {Percent.Count}, ")
                    + "expected steps in one of them");
        Check(Rates, MostRate, nameof(Rates), wrong);
        Check(Percent, 1000, nameof(Percent), wrong);
        if (Capacity is { } capacity)
            Check([capacity], MostRate, nameof(Capacity), wrong);
        Check([Seconds], 3600, nameof(Seconds), wrong);
        Check([TimeoutSeconds], 600, nameof(TimeoutSeconds), wrong);
        Check(Callers, 256, nameof(Callers), wrong);
        Check(Rounds, 100, nameof(Rounds), wrong);
        Check(InFlight, 10_000, nameof(InFlight), wrong);
        if (!Enum.IsDefined(Arrivals))
            wrong.Add(Text($"{nameof(Arrivals)} is {Arrivals}, expected {string.Join(" or ", Enum.GetNames<Arrivals>())}"));
        foreach (double rate in Rates.Where(rate => rate * Seconds is > MostRequests or < 1))
            wrong.Add(
                Text($"{rate} requests/s for {Seconds} s are {rate * Seconds:0.##} requests, ")
                    + Text($"expected 1 to {MostRequests} in a step"));
        if (wrong.Count > 0)
            throw new ArgumentException("load options: " + string.Join("; ", wrong));
    }

    internal static bool IsLoopback(Uri url) =>
        IPAddress.TryParse(url.DnsSafeHost, out IPAddress? address)
            ? IPAddress.IsLoopback(address)
            : url.DnsSafeHost.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    private static void Check(IReadOnlyList<double> values, double most, string name, List<string> wrong)
    {
        foreach (double value in values.Where(v => !(v > 0 && v <= most)))
            wrong.Add(Text($"{name} is {value}, expected more than 0 and at most {most}"));
    }

    private static void Check(int value, int most, string name, List<string> wrong)
    {
        if (value < 1 || value > most)
            wrong.Add(Text($"{name} is {value}, expected 1..{most}"));
    }
}
