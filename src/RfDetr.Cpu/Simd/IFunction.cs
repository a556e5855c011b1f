namespace RfDetr.Cpu;

/// <summary>A function of one number that loops are compiled for.</summary>
internal interface IFunction
{
    static abstract T Of<TSimd, T>(T x)
        where TSimd : ISimd<T>
        where T : unmanaged;
}

/// <summary>A function of two numbers that loops are compiled for.</summary>
internal interface IFunction2
{
    static abstract T Of<TSimd, T>(T a, T b)
        where TSimd : ISimd<T>
        where T : unmanaged;
}
