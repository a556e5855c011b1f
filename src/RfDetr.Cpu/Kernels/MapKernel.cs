using System.Runtime.CompilerServices;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>Functions of each element of a row; what does not fill a register is done one by one.</summary>
internal static unsafe class MapKernel<TSimd, T>
    where TSimd : ISimd<T>
    where T : unmanaged
{
    public static void Map(UnaryFunction function, float* x, nint step, float* y, int n)
    {
        switch (function)
        {
            case UnaryFunction.Neg: Map<Neg>(x, step, y, n); break;
            case UnaryFunction.Exp: Map<Exp>(x, step, y, n); break;
            case UnaryFunction.Sqrt: Map<Sqrt>(x, step, y, n); break;
            case UnaryFunction.Reciprocal: Map<Reciprocal>(x, step, y, n); break;
            case UnaryFunction.Sin: Map<Sin>(x, step, y, n); break;
            case UnaryFunction.Cos: Map<Cos>(x, step, y, n); break;
            case UnaryFunction.Sigmoid: Map<Sigmoid>(x, step, y, n); break;
            case UnaryFunction.Relu: Map<Relu>(x, step, y, n); break;
            case UnaryFunction.Erf: Map<Erf>(x, step, y, n); break;
            case UnaryFunction.Gelu: Map<Gelu>(x, step, y, n); break;
            case UnaryFunction.Silu: Map<Silu>(x, step, y, n); break;
            default: Map<Same>(x, step, y, n); break;
        }
    }

    public static void Combine(BinaryKind kind, float* a, nint stepA, float* b, nint stepB, float* y, int n)
    {
        switch (kind)
        {
            case BinaryKind.Add: Combine<Add>(a, stepA, b, stepB, y, n); break;
            case BinaryKind.Sub: Combine<Sub>(a, stepA, b, stepB, y, n); break;
            case BinaryKind.Mul: Combine<Mul>(a, stepA, b, stepB, y, n); break;
            case BinaryKind.Div: Combine<Div>(a, stepA, b, stepB, y, n); break;
            case BinaryKind.Max: Combine<Larger>(a, stepA, b, stepB, y, n); break;
            default: Combine<Smaller>(a, stepA, b, stepB, y, n); break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RoundToBFloat16(float* x, ushort* y, int n)
    {
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
            TSimd.StoreBFloat16(y + i, TSimd.Load(x + i));
        for (; i < n; i++)
            SimdScalar.StoreBFloat16(y + i, x[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Map<TFunction>(float* x, nint step, float* y, int n)
        where TFunction : IFunction
    {
        int i = 0;
        if (step == 1)
        {
            for (; i <= n - TSimd.Count; i += TSimd.Count)
                TSimd.Store(y + i, TFunction.Of<TSimd, T>(TSimd.Load(x + i)));
        }

        for (; i < n; i++)
            y[i] = TFunction.Of<SimdScalar, float>(x[i * step]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Combine<TFunction>(float* a, nint stepA, float* b, nint stepB, float* y, int n)
        where TFunction : IFunction2
    {
        int i = 0;
        if (stepA is 0 or 1 && stepB is 0 or 1)
        {
            T fixedA = TSimd.Set(*a), fixedB = TSimd.Set(*b);
            for (; i <= n - TSimd.Count; i += TSimd.Count)
                TSimd.Store(
                    y + i,
                    TFunction.Of<TSimd, T>(stepA == 0 ? fixedA : TSimd.Load(a + i), stepB == 0 ? fixedB : TSimd.Load(b + i)));
        }

        for (; i < n; i++)
            y[i] = TFunction.Of<SimdScalar, float>(a[i * stepA], b[i * stepB]);
    }
}
