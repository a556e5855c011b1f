using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace RfDetr.Cpu;

/// <summary>
/// The integer product of codes of 7 bits with AVX2: <c>vpmaddubsw</c> multiplies bytes and adds pairs of products, which are at
/// most 2·127·127 and so never clipped; <c>vpmaddwd</c> with ones adds pairs of pairs. 4 rows × three registers of int32 sums.
/// </summary>
/// <remarks>
/// Sums, one group of codes, the ones and a product fill the registers: weights are operands in memory. The JIT would load them
/// once for all rows and put others on the stack instead, did it see that all rows take the same; so three rows have pointers of
/// their own, at a distance of 0 that it does not know. Without this 51 instead of 42 instructions do 384 multiplications (6 rows
/// × two registers), and a tenth to a sixth of the speed is lost.
/// </remarks>
internal readonly unsafe struct ByteTile : IDotTile
{
    private const int Unroll = 4, Register = 32, Lanes = Register / sizeof(int), GroupBytes = 3 * Register;

    public static int Rows => 4;

    public static int Columns => GroupBytes / sizeof(int);

    public static int Group => 4;

    public static int Bias => 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add, Int8Tile* result = null)
    {
        Vector256<short> ones = Vector256<short>.One;
        Vector256<int> zero = Vector256<int>.Zero;
        Vector256<int> x0 = zero, x1 = zero, x2 = zero, x3 = zero;
        Vector256<int> y0 = zero, y1 = zero, y2 = zero, y3 = zero;
        Vector256<int> z0 = zero, z1 = zero, z2 = zero, z3 = zero;
        nint twice = 2 * rowBytes, thrice = 3 * rowBytes;
        sbyte* end = b + groups * GroupBytes, turns = b + (groups - groups % Unroll) * GroupBytes;
        sbyte* b1 = b + (rowBytes & 1), b2 = b + (rowBytes & 2), b3 = b + (rowBytes & 3); // rows are whole groups of four bytes
        for (
            ; b < turns; b += Unroll * GroupBytes, b1 += Unroll * GroupBytes, b2 += Unroll * GroupBytes,
            b3 += Unroll * GroupBytes, a += Unroll * sizeof(int))
        {
            Term(a, b, 0, ones, ref x0, ref y0, ref z0);
            Term(a + rowBytes, b1, 0, ones, ref x1, ref y1, ref z1);
            Term(a + twice, b2, 0, ones, ref x2, ref y2, ref z2);
            Term(a + thrice, b3, 0, ones, ref x3, ref y3, ref z3);
            Term(a, b, 1, ones, ref x0, ref y0, ref z0);
            Term(a + rowBytes, b1, 1, ones, ref x1, ref y1, ref z1);
            Term(a + twice, b2, 1, ones, ref x2, ref y2, ref z2);
            Term(a + thrice, b3, 1, ones, ref x3, ref y3, ref z3);
            Term(a, b, 2, ones, ref x0, ref y0, ref z0);
            Term(a + rowBytes, b1, 2, ones, ref x1, ref y1, ref z1);
            Term(a + twice, b2, 2, ones, ref x2, ref y2, ref z2);
            Term(a + thrice, b3, 2, ones, ref x3, ref y3, ref z3);
            Term(a, b, 3, ones, ref x0, ref y0, ref z0);
            Term(a + rowBytes, b1, 3, ones, ref x1, ref y1, ref z1);
            Term(a + twice, b2, 3, ones, ref x2, ref y2, ref z2);
            Term(a + thrice, b3, 3, ones, ref x3, ref y3, ref z3);
        }

        for (; b < end; b += GroupBytes, b1 += GroupBytes, b2 += GroupBytes, b3 += GroupBytes, a += sizeof(int))
        {
            Term(a, b, 0, ones, ref x0, ref y0, ref z0);
            Term(a + rowBytes, b1, 0, ones, ref x1, ref y1, ref z1);
            Term(a + twice, b2, 0, ones, ref x2, ref y2, ref z2);
            Term(a + thrice, b3, 0, ones, ref x3, ref y3, ref z3);
        }

        if (add)
        {
            (x0, y0, z0) = (x0 + Vector256.Load(c), y0 + Vector256.Load(c + Lanes), z0 + Vector256.Load(c + 2 * Lanes));
            (x1, y1, z1) =
                (x1 + Vector256.Load(c + 3 * Lanes), y1 + Vector256.Load(c + 4 * Lanes), z1 + Vector256.Load(c + 5 * Lanes));
            (x2, y2, z2) =
                (x2 + Vector256.Load(c + 6 * Lanes), y2 + Vector256.Load(c + 7 * Lanes), z2 + Vector256.Load(c + 8 * Lanes));
            (x3, y3, z3) =
                (x3 + Vector256.Load(c + 9 * Lanes), y3 + Vector256.Load(c + 10 * Lanes), z3 + Vector256.Load(c + 11 * Lanes));
        }

        if (result == null)
        {
            Store(c, x0, y0, z0);
            Store(c + Columns, x1, y1, z1);
            Store(c + 2 * Columns, x2, y2, z2);
            Store(c + 3 * Columns, x3, y3, z3);
            return;
        }

        RowScale* own = result->RowScales;
        int* columns = result->OfColumns;
        nint ldc = result->Ldc, ldr = result->Ldr;
        float* to = result->C, residual = result->Residual;
        Store(to, x0, y0, z0, own, columns, residual);
        Store(to + ldc, x1, y1, z1, own + 1, columns, residual + ldr);
        to += 2 * ldc;
        residual += 2 * ldr;
        Store(to, x2, y2, z2, own + 2, columns, residual);
        Store(to + ldc, x3, y3, z3, own + 3, columns, residual + ldr);
    }

    /// <summary>Group number <paramref name="g"/> of a row's codes times the weights of all columns.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Term(
        byte* a, sbyte* b, int g, Vector256<short> ones, ref Vector256<int> x, ref Vector256<int> y, ref Vector256<int> z)
    {
        Vector256<byte> codes = Vector256.Create(*(int*)(a + g * sizeof(int))).AsByte();
        x += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, Vector256.Load(b + g * GroupBytes)), ones);
        y += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, Vector256.Load(b + g * GroupBytes + Register)), ones);
        z += Avx2.MultiplyAddAdjacent(Avx2.MultiplyAddAdjacent(codes, Vector256.Load(b + g * GroupBytes + 2 * Register)), ones);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(int* c, Vector256<int> x, Vector256<int> y, Vector256<int> z)
    {
        x.Store(c);
        y.Store(c + Lanes);
        z.Store(c + 2 * Lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(
        float* to, Vector256<int> x, Vector256<int> y, Vector256<int> z, RowScale* row, int* columns, float* residual)
    {
        Int8Result.Store(to, x, row, columns, Columns, residual);
        Int8Result.Store(to + Lanes, y, row, columns + Lanes, Columns, residual + Lanes);
        Int8Result.Store(to + 2 * Lanes, z, row, columns + 2 * Lanes, Columns, residual + 2 * Lanes);
    }
}
