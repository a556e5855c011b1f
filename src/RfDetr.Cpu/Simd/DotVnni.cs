using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>256 bits: AVX-VNNI, four products of bytes at once.</summary>
internal readonly unsafe struct DotVnni : IDotSimd<Vector256<int>>
{
    public static int Count => 8;

    public static int Group => 4;

    public static int Bias => 0;

    public static Vector256<int> Zero => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Load(sbyte* weights) => Vector256.Load((int*)weights);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Spread(byte* codes) => Vector256.Create(*(int*)codes);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Dot(Vector256<int> sums, Vector256<int> codes, Vector256<int> weights) =>
        AvxVnni.MultiplyWideningAndAdd(sums, codes.AsByte(), weights.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Add(Vector256<int> a, Vector256<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> LoadSums(int* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(int* to, Vector256<int> sums) => sums.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector256<int> sums, RowScale* row, int* columns, int width, float* residual) =>
        Int8Result.Store(to, sums, row, columns, width, residual);
}
