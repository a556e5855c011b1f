using System.Runtime.CompilerServices;

namespace RfDetr.Cpu;

/// <summary>One sum at a time: the model of the others.</summary>
internal readonly unsafe struct DotScalar : IDotSimd<int>
{
    public static int Count => 1;

    public static int Group => 2;

    public static int Bias => 0;

    public static int Zero => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Load(sbyte* weights) => (weights[0] & 0xFFFF) | (weights[1] << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Spread(byte* codes) => *(int*)codes;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Dot(int sums, int codes, int weights) =>
        sums + (short)codes * (short)weights + (codes >> 16) * (weights >> 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Add(int a, int b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int LoadSums(int* from) => *from;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, int sums) => *to = sums;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, int sums, RowScale* row, int* columns, int width, float* residual) =>
        Int8Result.Store(to, sums, row, columns, width, residual);
}
