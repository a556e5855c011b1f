using System.Diagnostics;

namespace RfDetr.Tools;

/// <summary>Facts that the system reports about this process.</summary>
internal static class ProcessFacts
{
    private const string Status = "/proc/self/status";

    /// <summary>Bytes of memory in use now.</summary>
    public static long ResidentBytes => Kilobytes("VmRSS") ?? Environment.WorkingSet;

    /// <summary>The most bytes of memory ever in use.</summary>
    public static long PeakBytes
    {
        get
        {
            if (Kilobytes("VmHWM") is { } peak)
                return peak;
            using var process = Process.GetCurrentProcess();
            return process.PeakWorkingSet64;
        }
    }

    /// <summary>
    /// Number of times that the system took a core away from the threads alive now; null where it does not report it.
    /// </summary>
    public static long? InvoluntarySwitches()
    {
        const string Tasks = "/proc/self/task";
        if (!Directory.Exists(Tasks))
            return null;
        double sum = 0;
        foreach (string task in Directory.EnumerateDirectories(Tasks))
            sum += ProcFile.Number(ProcFile.Field(Path.Combine(task, "status"), "nonvoluntary_ctxt_switches")) ?? 0;
        return (long)sum;
    }

    private static long? Kilobytes(string field) =>
        ProcFile.Number(ProcFile.Field(Status, field)) is { } value ? (long)(value * 1024) : null;
}
