using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace RfDetr.Cpu;

/// <summary>
/// Writes what sums stand for, in the same order of operations for every width: (sums − zero·column sums)·scales + bias +
/// residual. What belongs to columns are three rows of a panel's width: sums of the weights, scales, bias.
/// </summary>
internal static unsafe class Int8Result
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector512<int> sums, RowScale* row, int* columns, int width, float* residual)
    {
        Vector512<float> x = Vector512.ConvertToSingle(sums - Vector512.Load(columns) * Vector512.Create(row->Zero));
        Vector512<float> scale = Vector512.Load((float*)columns + width) * Vector512.Create(row->Scale);
        (x * scale + Vector512.Load((float*)columns + 2 * width) + Vector512.Load(residual)).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector256<int> sums, RowScale* row, int* columns, int width, float* residual)
    {
        Vector256<float> x = Vector256.ConvertToSingle(sums - Vector256.Load(columns) * Vector256.Create(row->Zero));
        Vector256<float> scale = Vector256.Load((float*)columns + width) * Vector256.Create(row->Scale);
        (x * scale + Vector256.Load((float*)columns + 2 * width) + Vector256.Load(residual)).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, Vector128<int> sums, RowScale* row, int* columns, int width, float* residual)
    {
        Vector128<float> x = Vector128.ConvertToSingle(sums - Vector128.Load(columns) * Vector128.Create(row->Zero));
        Vector128<float> scale = Vector128.Load((float*)columns + width) * Vector128.Create(row->Scale);
        (x * scale + Vector128.Load((float*)columns + 2 * width) + Vector128.Load(residual)).Store(to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* to, int sums, RowScale* row, int* columns, int width, float* residual)
    {
        float* rest = (float*)columns;
        *to = (sums - *columns * row->Zero) * (rest[width] * row->Scale) + rest[2 * width] + *residual;
    }
}
