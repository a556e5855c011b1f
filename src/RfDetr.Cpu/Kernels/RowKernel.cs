using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>Kernels that look at a whole row: norms, softmax, sums.</summary>
internal static unsafe class RowKernel<TSimd, T>
    where TSimd : ISimd<T>
    where T : unmanaged
{
    // 2 to this is the smallest normal number.
    private const float LeastPower = -126;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Norm(float* x, float* weight, float* bias, float epsilon, UnaryFunction activation, float* y, int n)
    {
        float mean = Sum(x, n) / n;
        float scale = 1 / MathF.Sqrt(SquaredDistances(x, mean, n) / n + epsilon);
        T m = TSimd.Set(mean), s = TSimd.Set(scale);
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
            TSimd.Store(
                y + i, TSimd.MulAdd(TSimd.Mul(TSimd.Sub(TSimd.Load(x + i), m), s), TSimd.Load(weight + i), TSimd.Load(bias + i)));
        for (; i < n; i++)
            y[i] = (x[i] - mean) * scale * weight[i] + bias[i];
        if (activation != UnaryFunction.Same)
            MapKernel<TSimd, T>.Map(activation, y, 1, y, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float ExpRow(float* x, float scale, int n)
    {
        // As powers of two; distances from the largest value first, or large values would lose them.
        float factor = scale * Functions.Log2E, largest = Largest(x, n);
        T s = TSimd.Set(factor), m = TSimd.Set(largest), least = TSimd.Set(LeastPower), sum = TSimd.Set(0);
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
        {
            T e = Functions.Exp2<TSimd, T>(TSimd.Max(least, TSimd.Mul(TSimd.Sub(TSimd.Load(x + i), m), s)));
            TSimd.Store(x + i, e);
            sum = TSimd.Add(sum, e);
        }

        float total = TSimd.Sum(sum);
        for (; i < n; i++)
            total += x[i] = Functions.Exp2<SimdScalar, float>(SimdScalar.Max(LeastPower, (x[i] - largest) * factor));
        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(float* x, float factor, int n)
    {
        T f = TSimd.Set(factor);
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
            TSimd.Store(x + i, TSimd.Mul(TSimd.Load(x + i), f));
        for (; i < n; i++)
            x[i] *= factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddScaled(float* x, float factor, float* y, int n)
    {
        T f = TSimd.Set(factor);
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
            TSimd.Store(y + i, TSimd.MulAdd(TSimd.Load(x + i), f, TSimd.Load(y + i)));
        for (; i < n; i++)
            y[i] += x[i] * factor;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void MultiplyAdd(float* a, float* b, float* y, int n)
    {
        int i = 0;
        for (; i <= n - TSimd.Count; i += TSimd.Count)
            TSimd.Store(y + i, TSimd.MulAdd(TSimd.Load(a + i), TSimd.Load(b + i), TSimd.Load(y + i)));
        for (; i < n; i++)
            y[i] += a[i] * b[i];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Largest(float* x, int n)
    {
        float largest = float.NegativeInfinity;
        int i = 0;
        if (n >= TSimd.Count)
        {
            T all = TSimd.Load(x);
            for (i = TSimd.Count; i <= n - TSimd.Count; i += TSimd.Count)
                all = TSimd.Max(all, TSimd.Load(x + i));
            largest = TSimd.Largest(all);
        }

        for (; i < n; i++)
            largest = MathF.Max(largest, x[i]);
        return largest;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Sum(float* x, int n)
    {
        T a = TSimd.Set(0), b = a;
        int i = 0;
        for (; i <= n - 2 * TSimd.Count; i += 2 * TSimd.Count)
        {
            a = TSimd.Add(a, TSimd.Load(x + i));
            b = TSimd.Add(b, TSimd.Load(x + i + TSimd.Count));
        }

        float sum = TSimd.Sum(TSimd.Add(a, b));
        for (; i < n; i++)
            sum += x[i];
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SquaredDistances(float* x, float mean, int n)
    {
        T a = TSimd.Set(0), b = a, m = TSimd.Set(mean);
        int i = 0;
        for (; i <= n - 2 * TSimd.Count; i += 2 * TSimd.Count)
        {
            T u = TSimd.Sub(TSimd.Load(x + i), m), v = TSimd.Sub(TSimd.Load(x + i + TSimd.Count), m);
            a = TSimd.MulAdd(u, u, a);
            b = TSimd.MulAdd(v, v, b);
        }

        float sum = TSimd.Sum(TSimd.Add(a, b));
        for (; i < n; i++)
            sum += (x[i] - mean) * (x[i] - mean);
        return sum;
    }
}
