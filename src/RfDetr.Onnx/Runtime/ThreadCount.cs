namespace RfDetr.Onnx;

/// <summary>The default number of worker threads.</summary>
/// <remarks>
/// ONNX Runtime's own default counts the machine's cores and pins threads to them, also where a container or an affinity
/// mask grants fewer; the count here respects the grant (<see cref="Environment.ProcessorCount"/>).
/// </remarks>
internal static class ThreadCount
{
    private const string Cpus = "/sys/devices/system/cpu";

    public static int Default { get; } = Math.Clamp(PhysicalCores(), 1, Environment.ProcessorCount);

    /// <summary>Cores without their hyper-threads on Linux; elsewhere, and where the system hides it, the logical ones.</summary>
    private static int PhysicalCores()
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
