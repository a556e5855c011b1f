using System.Globalization;

namespace RfDetr.Tools;

/// <summary>
/// Counters of the collector, the process and the machine at one moment; those that the system does not tell are null.
/// </summary>
internal sealed record MachineCounters(
    int[] Collections, double CollectionPauseMs, double? FrequencyMHz, long? InvoluntarySwitches,
    (double Busy, double Total)? ProcessorSeconds, double OwnSeconds)
{
    // Linux counts in hundredths of a second, whatever the kernel's own tick is (USER_HZ).
    private const double TicksPerSecond = 100;

    public static MachineCounters Read() => new(
        [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)],
        GC.GetTotalPauseDuration().TotalMilliseconds,
        Frequency(),
        ProcessFacts.InvoluntarySwitches(),
        ProcessorTimes(ProcFile.Lines("/proc/stat").FirstOrDefault()),
        Environment.CpuUsage.TotalTime.TotalSeconds);

    /// <summary>Part of all cores' time between two moments that was used by somebody else (0..1).</summary>
    public static double? OthersShare(MachineCounters before, MachineCounters after)
    {
        if (before.ProcessorSeconds is not { } a || after.ProcessorSeconds is not { } b || b.Total <= a.Total)
            return null;
        double others = b.Busy - a.Busy - (after.OwnSeconds - before.OwnSeconds);
        return Math.Round(Math.Clamp(others / (b.Total - a.Total), 0, 1), 4);
    }

    /// <summary>
    /// Reads the line <c>cpu user nice system idle iowait irq softirq steal …</c>; what the machine's host takes (steal) is busy
    /// too.
    /// </summary>
    internal static (double Busy, double Total)? ProcessorTimes(string? line)
    {
        if (line is null || !line.StartsWith("cpu ", StringComparison.Ordinal))
            return null;
        double[] ticks = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Skip(1).Take(8)
            .Select(t => double.TryParse(t, NumberStyles.None, CultureInfo.InvariantCulture, out double n) ? n : 0)];
        return ticks.Length == 8 ? ((ticks.Sum() - ticks[3] - ticks[4]) / TicksPerSecond, ticks.Sum() / TicksPerSecond) : null;
    }

    private static double? Frequency()
    {
        if (
            ProcFile.Number(
                ProcFile.Lines("/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq").FirstOrDefault()) is { } kilohertz)
            return kilohertz / 1000;
        return ProcFile.Number(ProcFile.Field("/proc/cpuinfo", "cpu MHz"));
    }
}
