using System.Collections;
using System.Runtime;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using RfDetr.Cpu;

namespace RfDetr;

/// <summary>Writes down the machine and the software.</summary>
internal static class EnvironmentProbe
{
    // Those that change how fast things run. Nothing else of the environment is written down: it may hold secrets.
    private static readonly string[] s_prefixes =
    [
        "DOTNET_GC", "DOTNET_gc", "DOTNET_Tiered", "DOTNET_TC_", "DOTNET_Enable", "DOTNET_ReadyToRun", "DOTNET_PROCESSOR_COUNT",
        "DOTNET_Thread",
        "OMP_", "KMP_", "OPENBLAS_", "MKL_", "ORT_", "VIPS_", CpuOptions.AssembleVariable,
    ];

    /// <summary>Cores without their hyper-threads that this process may use.</summary>
    public static int PhysicalCores => ProcessorCores.Physical;

    public static BenchmarkEnvironment Look(string engine, Engine options) => new()
    {
        Processor = Processor(),
        Cores = Environment.ProcessorCount,
        InstructionSets = [.. ProcessorFeatures.Supported],
        Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        MemoryBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes,
        System = RuntimeInformation.OSDescription,
        Runtime = RuntimeInformation.FrameworkDescription,
        Collector = (GCSettings.IsServerGC ? "server" : "workstation")
            + (AppContext.TryGetSwitch("System.GC.Concurrent", out bool concurrent) && !concurrent ? "" : ", concurrent"),
        Library = typeof(Detector).Assembly.GetName().Version?.ToString(3) ?? "unknown",
        Engine = engine,
        Providers = [.. (options as Engine.OnnxRuntime)?.Providers.Select(p => p.Name) ?? []],
        Threads = options.Threads,
        Spinning = options is Engine.OnnxRuntime { AllowSpinning: true },
        Decoder = $"libvips {Libvips.Version}",
        Variables = Variables(),
    };

    /// <summary>Name of the processor.</summary>
    public static string Processor() =>
        ProcFile.Field("/proc/cpuinfo", "model name")
        ?? Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER")
        ?? $"unknown {RuntimeInformation.ProcessArchitecture}";

    private static SortedDictionary<string, string> Variables()
    {
        var found = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            if (
                variable is { Key: string name, Value: string value }
                    && s_prefixes.Any(p => name.StartsWith(p, StringComparison.Ordinal)))
                found[name] = value;
        }

        return found;
    }
}

/// <summary>The processor's vector instructions, as far as .NET uses them.</summary>
public static class ProcessorFeatures
{
    /// <summary>Their names, from old to new.</summary>
    public static IEnumerable<string> Supported
    {
        get
        {
            (string Name, bool IsSupported)[] all =
            [
                ("SSE4.2", Sse42.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported),
                ("AVX-VNNI", AvxVnni.IsSupported),
                ("AVX-512F", Avx512F.IsSupported), ("AVX-512BW", Avx512BW.IsSupported), ("AVX-512VBMI", Avx512Vbmi.IsSupported),
                ("AVX10.1", Avx10v1.IsSupported),
                ("NEON", AdvSimd.IsSupported), ("dot product", Dp.IsSupported),
            ];
            string[] there = [.. all.Where(set => set.IsSupported).Select(set => set.Name)];
            return there.Length > 0 ? there : ["no vector instructions"];
        }
    }
}
