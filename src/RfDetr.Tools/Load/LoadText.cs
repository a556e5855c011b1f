using System.Globalization;
using static RfDetr.Invariant;

namespace RfDetr.Tools;

/// <summary>A load report in words, for consoles.</summary>
internal static class LoadText
{
    public static readonly string[] Headings =
        ["round", "offered/s", "achieved/s", "p50 ms", "p95 ms", "p99 ms", "max ms", "lag p99", "others", "statuses"];

    public static string[] Row(LoadStep s) =>
    [
        Text($"{s.Round}"),
        s.Percent is { } percent ? Text($"{s.OfferedRate:0.##} ({percent:0.#} %)") : Text($"{s.OfferedRate:0.##}"),
        Text($"{s.AchievedRate:0.##}"),
        .. s.LatencyMs is { } l ? (string[])[Ms(l.P50), Ms(l.P95), Ms(l.P99), Ms(l.Max)] : ["–", "–", "–", "–"],
        Ms(s.LagMs.P99),
        s.OthersShare is { } others ? Text($"{100 * others:0} %") : "–",
        Statuses(s),
    ];

    public static string Machine(LoadReport r)
    {
        LoadMachine m = r.Machine;
        string busy = m.LoadAverage is { } load ? Text($"; load average {load:0.0} before") : "";
        return Text($"machine: {m.Processor}, {m.Cores} cores; {m.System}; {m.Runtime}; rfdetr {m.Library}") + busy;
    }

    public static string Title(LoadReport r)
    {
        string capacity = r.Capacity is { } c ? Text($"; capacity {c:0.##} requests/s") : "";
        string spacing = r.Arrivals == Arrivals.Even ? "even" : "random";
        return Text($"{r.Url}: {r.Images.Source}; {r.Seconds} s a step, {spacing} arrivals{capacity}");
    }

    public static string Progress(LoadStep s) => Text($"{s.Rate:0.##} requests/s: {Statuses(s)}");

    private static string Statuses(LoadStep s)
    {
        string all = string.Join(", ", s.Statuses.Select(p => Text($"{p.Key}: {p.Value}")));
        return s.RefusalsWithoutRetryAfter > 0 ? all + Text($" ({s.RefusalsWithoutRetryAfter} without Retry-After)") : all;
    }

    private static string Ms(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}
