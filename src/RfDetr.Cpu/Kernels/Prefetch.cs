using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>
/// Asks for memory before it is needed. Where the platform has no such instruction, the processor guesses by itself.
/// </summary>
internal static unsafe class Prefetch
{
    /// <summary>Bytes of a cache line.</summary>
    public const int Line = 64;

    /// <summary>A tile's rows, each of which lies in a page of its own: nothing else would guess them.</summary>
    /// <param name="first">Beginning of the first row.</param>
    /// <param name="step">Distance of rows.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Values of each.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Rows(float* first, nint step, int rows, int columns)
    {
        if (!Sse.IsSupported)
            return;
        for (int row = 0; row < rows; row++, first += step)
        {
            for (int i = 0; i < columns; i += Line / sizeof(float))
                Sse.Prefetch0(first + i);
        }
    }

    /// <summary>A line that is needed after many others.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Far(byte* line)
    {
        if (Sse.IsSupported)
            Sse.Prefetch1(line);
    }
}
