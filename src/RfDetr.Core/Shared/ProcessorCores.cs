namespace RfDetr;

/// <summary>Number of cores that this process may keep busy.</summary>
internal static class ProcessorCores
{
    private const string Cpus = "/sys/devices/system/cpu";

    /// <summary>
    /// Cores without their hyper-threads on Linux; elsewhere, and where the system hides it, the logical ones. Never more than a
    /// container or an affinity mask grants (<see cref="Environment.ProcessorCount"/>).
    /// </summary>
    public static int Physical { get; } = Math.Clamp(Count(), 1, Environment.ProcessorCount);

    // Two threads of one core share its arithmetic units: more threads than cores only cost.
    private static int Count()
    {
        try
        {
            // Hyper-threads of a core share one list of siblings.
            int cores = Directory.EnumerateDirectories(Cpus, "cpu*")
                .Select(cpu => Path.Combine(cpu, "topology", "thread_siblings_list"))
                .Where(File.Exists)
                .Select(File.ReadAllText)
                .Distinct(StringComparer.Ordinal)
                .Count();
            return cores > 0 ? cores : Environment.ProcessorCount;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Environment.ProcessorCount;
        }
    }
}
