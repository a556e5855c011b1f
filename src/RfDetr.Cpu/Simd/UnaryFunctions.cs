using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

internal readonly struct Same : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => x;
}

internal readonly struct Neg : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Sub(TSimd.Set(0), x);
}

internal readonly struct Exp : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => Functions.Exp<TSimd, T>(x);
}

internal readonly struct Sqrt : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Sqrt(x);
}

internal readonly struct Reciprocal : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Div(TSimd.Set(1), x);
}

internal readonly struct Sin : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Sin(x);
}

internal readonly struct Cos : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Cos(x);
}

internal readonly struct Sigmoid : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => Functions.Sigmoid<TSimd, T>(x);
}

internal readonly struct Relu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Max(TSimd.Set(0), x);
}

internal readonly struct Erf : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => Functions.Erf<TSimd, T>(x);
}

internal readonly struct Gelu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => Functions.Gelu<TSimd, T>(x);
}

internal readonly struct Silu : IFunction
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Mul(x, Functions.Sigmoid<TSimd, T>(x));
}
