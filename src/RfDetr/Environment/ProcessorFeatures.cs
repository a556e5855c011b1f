using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RfDetr;

/// <summary>The processor's vector instructions, as far as .NET uses them.</summary>
internal static class ProcessorFeatures
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
