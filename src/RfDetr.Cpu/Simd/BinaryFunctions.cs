using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

internal readonly struct Add : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Add(a, b);
}

internal readonly struct Sub : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Sub(a, b);
}

internal readonly struct Mul : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Mul(a, b);
}

internal readonly struct Div : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Div(a, b);
}

internal readonly struct Larger : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Max(a, b);
}

internal readonly struct Smaller : IFunction2
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged => TSimd.Min(a, b);
}
