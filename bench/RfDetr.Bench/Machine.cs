using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Bench;

/// <summary>Describes the machine on which the figures were measured.</summary>
internal static class Machine
{
    public static string Describe()
    {
        string model = File.Exists("/proc/cpuinfo")
            ? File.ReadLines("/proc/cpuinfo")
                .FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
                ?? "?"
            : "?";
        string simd = Avx512F.IsSupported
            ? "AVX-512"
            : Avx2.IsSupported
            ? "AVX2"
            : RuntimeInformation.ProcessArchitecture.ToString();
        return $"{model}, {Environment.ProcessorCount} cores, {simd}; {RuntimeInformation.OSDescription}; "
            + $"{RuntimeInformation.FrameworkDescription}; "
            + $"ONNX Runtime {OnnxRuntimePackage.Load().Version}; libvips {Libvips.Version}";
    }

    /// <summary>
    /// Processor time of all threads of this process, in seconds; unlike the clock it hardly depends on what else the machine
    /// does.
    /// </summary>
    public static double ProcessorSeconds() => Environment.CpuUsage.TotalTime.TotalSeconds;
}
