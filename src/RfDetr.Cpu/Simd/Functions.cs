using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>Functions of one number, for a whole register.</summary>
internal static class Functions
{
    /// <summary>log₂ e.</summary>
    public const float Log2E = 1.44269504f;

    private const float Lowest = -87.33654f, Highest = 89f;

    // ln 2 in two parts: n·High is exact for |n| ≤ 128.
    private const float Ln2High = 0.693359375f, Ln2Low = -2.12194440e-4f;

    /// <summary>eˣ, relative error below 2e-7; 0 and ∞ beyond float32's range.</summary>
    /// <remarks>
    /// x = n·ln 2 + r; eʳ by a minimax polynomial of degree 6 on ±ln 2 / 2, fitted by iterated least squares (error 3e-9).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged
    {
        x = TSimd.Min(TSimd.Set(Highest), TSimd.Max(TSimd.Set(Lowest), x));
        T n = TSimd.Round(TSimd.Mul(x, TSimd.Set(Log2E)));
        T r = TSimd.MulAdd(n, TSimd.Set(-Ln2High), x);
        r = TSimd.MulAdd(n, TSimd.Set(-Ln2Low), r);
        T p = TSimd.MulAdd(TSimd.Set(0.00138131457f), r, TSimd.Set(0.00836941894f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.0416684568f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.166665148f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.499999931f));
        p = TSimd.MulAdd(TSimd.Mul(p, r), r, r);
        return TSimd.Mul(TSimd.Add(p, TSimd.Set(1)), TSimd.Pow2(n));
    }

    /// <summary>2ˣ for −126 ≤ x ≤ 127, relative error below 2e-7.</summary>
    /// <remarks>
    /// x = n + r; 2ʳ by a minimax polynomial of degree 6 on ±1/2, fitted by iterated least squares (error 2e-9).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp2<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged
    {
        T n = TSimd.Round(x), r = TSimd.Sub(x, n);
        T p = TSimd.MulAdd(TSimd.Set(0.00015345811f), r, TSimd.Set(0.00133999309f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.00961848907f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.0555032864f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.240226462f));
        p = TSimd.MulAdd(p, r, TSimd.Set(0.693147182f));
        p = TSimd.MulAdd(p, r, TSimd.Set(1));
        return TSimd.Mul(p, TSimd.Pow2(n));
    }

    /// <summary>erf x, absolute error below 4e-7.</summary>
    /// <remarks>
    /// x·P(x²)/Q(x²), both of degree 5, fitted to [−4, 4] by iterated least squares (error 2e-8 before rounding).
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Erf<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged
    {
        x = TSimd.Min(TSimd.Set(4), TSimd.Max(TSimd.Set(-4), x));
        T t = TSimd.Mul(x, x);
        T p = TSimd.MulAdd(TSimd.Set(1.974829501705244e-06f), t, TSimd.Set(0.0002880422689486295f));
        T q = TSimd.MulAdd(TSimd.Set(3.748090239241719e-05f), t, TSimd.Set(0.0012163661886006594f));
        p = TSimd.MulAdd(p, t, TSimd.Set(0.004003669135272503f));
        q = TSimd.MulAdd(q, t, TSimd.Set(0.015444466844201088f));
        p = TSimd.MulAdd(p, t, TSimd.Set(0.05346754565834999f));
        q = TSimd.MulAdd(q, t, TSimd.Set(0.1164766326546669f));
        p = TSimd.MulAdd(p, t, TSimd.Set(0.19624947011470795f));
        q = TSimd.MulAdd(q, t, TSimd.Set(0.5072527527809143f));
        p = TSimd.MulAdd(p, t, TSimd.Set(1.128378987312317f));
        q = TSimd.MulAdd(q, t, TSimd.Set(1));
        return TSimd.Div(TSimd.Mul(x, p), q);
    }

    /// <summary>1/(1 + e⁻ˣ).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Sigmoid<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged =>
        TSimd.Div(TSimd.Set(1), TSimd.Add(TSimd.Set(1), Exp<TSimd, T>(TSimd.Sub(TSimd.Set(0), x))));

    /// <summary>Exact GELU.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Gelu<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged
    {
        T half = TSimd.Mul(x, TSimd.Set(0.5f));
        return TSimd.MulAdd(half, Erf<TSimd, T>(TSimd.Mul(x, TSimd.Set(0.707106781f))), half);
    }
}
