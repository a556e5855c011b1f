using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace RfDetr.Cpu;

/// <summary>128 bits: Arm's dot product, four products of signed bytes at once.</summary>
internal readonly unsafe struct DotArm : IDotSimd<Vector128<int>>
{
    public static int Count => 4;

    public static int Group => 4;

    public static int Bias => 128;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(sbyte* weights) => Vector128.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Spread(byte* codes) => Vector128.Create(*(int*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Dot(Vector128<int> sums, Vector128<int> codes, Vector128<int> weights) =>
        Dp.DotProduct(sums, codes.AsSByte(), weights.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadSums(int* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, Vector128<int> sums) => sums.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector128<int> sums, RowScale* row, int* columns, int width, float* residual) =>
        Int8Result.Store(to, sums, row, columns, width, residual);
}
