using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>Rows to columns, four by four numbers at a time.</summary>
internal static unsafe class Transposition
{
    /// <summary>Rows and columns of a square.</summary>
    public const int Size = 4;

    /// <summary>to[j, i] = from[i, j].</summary>
    /// <param name="from">Rows, <paramref name="fromStep"/> apart.</param>
    /// <param name="fromStep">Distance of rows.</param>
    /// <param name="rows">Rows of from, columns of to.</param>
    /// <param name="columns">Columns of from, rows of to.</param>
    /// <param name="to">Rows, <paramref name="toStep"/> apart.</param>
    /// <param name="toStep">Distance of rows.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(float* from, nint fromStep, int rows, int columns, float* to, nint toStep)
    {
        int i = 0;
        if (Sse.IsSupported || AdvSimd.Arm64.IsSupported)
        {
            for (; i <= rows - Size; i += Size)
            {
                float* source = from + i * fromStep;
                int j = 0;
                for (; j <= columns - Size; j += Size)
                    Square(source + j, fromStep, to + j * toStep + i, toStep);
                for (; j < columns; j++)
                {
                    for (int r = 0; r < Size; r++)
                        to[j * toStep + i + r] = source[r * fromStep + j];
                }
            }
        }

        for (; i < rows; i++)
        {
            for (int j = 0; j < columns; j++)
                to[j * toStep + i] = from[i * fromStep + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Square(float* from, nint fromStep, float* to, nint toStep)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromStep), c = Vector128.Load(from + 2 * fromStep),
        d = Vector128.Load(from + 3 * fromStep);
        Vector128<float> ac = Low(a, c), bd = Low(b, d);
        Low(ac, bd).Store(to);
        High(ac, bd).Store(to + toStep);
        (ac, bd) = (High(a, c), High(b, d));
        Low(ac, bd).Store(to + 2 * toStep);
        High(ac, bd).Store(to + 3 * toStep);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Low(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackLow(a, b) : AdvSimd.Arm64.ZipLow(a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> High(Vector128<float> a, Vector128<float> b) =>
        Sse.IsSupported ? Sse.UnpackHigh(a, b) : AdvSimd.Arm64.ZipHigh(a, b);
}
