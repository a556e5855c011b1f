using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>
/// 512 bits: AVX-512BW, four products of bytes at once, for codes of 7 bits: pairs of products are at most 2·127·127, which 16
/// bits hold.
/// </summary>
internal readonly unsafe struct Dot512Bytes : IDotSimd<Vector512<int>>
{
    public static int Count => 16;

    public static int Group => 4;

    public static int Bias => 0;

    public static Vector512<int> Zero => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(sbyte* weights) => Vector512.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Spread(byte* codes) => Vector512.Create(*(int*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Dot(Vector512<int> sums, Vector512<int> codes, Vector512<int> weights) =>
        sums + Avx512BW.MultiplyAddAdjacent(
            Avx512BW.MultiplyAddAdjacent(codes.AsByte(), weights.AsSByte()), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadSums(int* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, Vector512<int> sums) => sums.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector512<int> sums, RowScale* row, int* columns, int width, float* residual) =>
        Int8Result.Store(to, sums, row, columns, width, residual);
}
