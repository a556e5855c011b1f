using System.Runtime.CompilerServices;
using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>Activates a tile of the result that a product has just written, while it is in the first-level cache.</summary>
internal static unsafe class TileActivation<TSimd, T>
    where TSimd : ISimd<T>
    where T : unmanaged
{
    /// <summary>c = activation(c).</summary>
    /// <param name="activation">Function to compute; <see cref="Epilogue.None"/> leaves everything as it is.</param>
    /// <param name="c">The tile's first value.</param>
    /// <param name="ldc">Distance of rows.</param>
    /// <param name="rows">Rows.</param>
    /// <param name="columns">Values of each.</param>
    public static void Run(Epilogue activation, float* c, nint ldc, int rows, int columns)
    {
        switch (activation)
        {
            case Epilogue.None: break;
            case Epilogue.Relu: Run<Relu>(c, ldc, rows, columns); break;
            case Epilogue.Gelu: Run<Gelu>(c, ldc, rows, columns); break;
            default: Run<Silu>(c, ldc, rows, columns); break;
        }
    }

    // Two registers at a time: each function is a chain of operations that wait for each other.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Run<TFunction>(float* c, nint ldc, int rows, int columns)
        where TFunction : IFunction
    {
        for (float* end = c + rows * ldc; c < end; c += ldc)
        {
            int i = 0;
            for (; i <= columns - 2 * TSimd.Count; i += 2 * TSimd.Count)
            {
                T x = TFunction.Of<TSimd, T>(TSimd.Load(c + i)), y = TFunction.Of<TSimd, T>(TSimd.Load(c + i + TSimd.Count));
                TSimd.Store(c + i, x);
                TSimd.Store(c + i + TSimd.Count, y);
            }

            for (; i <= columns - TSimd.Count; i += TSimd.Count)
                TSimd.Store(c + i, TFunction.Of<TSimd, T>(TSimd.Load(c + i)));
            for (; i < columns; i++)
                c[i] = TFunction.Of<SimdScalar, float>(c[i]);
        }
    }
}
