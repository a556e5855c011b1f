using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RfDetr.Tools;

/// <summary>
/// A fixed piece of whole-number arithmetic in registers: the same work on every machine and in every run, so its time tells of
/// the machine alone.
/// </summary>
internal static class SpinLoop
{
    // About a third of a millisecond at 3 GHz: long against the clock's resolution, short against a call.
    private const int Steps = 150_000;

    private static ulong s_state = 0x9E3779B97F4A7C15;

    /// <summary>Milliseconds that the loop takes now.</summary>
    public static double Measure()
    {
        long start = Stopwatch.GetTimestamp();
        ulong state = Turn(s_state);
        double ms = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        s_state = state | 1;
        return ms;
    }

    // Optimized at once: otherwise the first calls would tell of the compiler. Each step needs the one before (Marsaglia's
    // xorshift64).
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static ulong Turn(ulong x)
    {
        for (int i = 0; i < Steps; i++)
        {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
        }

        return x;
    }
}
