using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RfDetr.Cpu;

/// <summary>512 bits: AVX-512 VNNI, four products of bytes at once, by code assembled at run time.</summary>
internal readonly unsafe struct VnniTile : IDotTile
{
    private const int Half = TileCode.Columns / 2;

    // Made when it is first asked for: no other processor loads the assembler.
    private static readonly AssembledTile? s_tile = CpuFeatures.HasVnni512
        ? AssembledTile.TryCreate(TileInstruction.Vpdpbusd)
        : null;

    private static readonly byte* s_zeros = (byte*)NativeMemory.AllocZeroed(TileCode.GroupBytes);

    /// <summary>False where processor or system lack what it takes; then nothing else may be called.</summary>
    public static bool IsAvailable => s_tile is not null;

    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static int Group => 4;

    public static int Bias => 0;

    public static void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add, Int8Tile* result = null)
    {
        TileCall call = Call(a, rowBytes, b, groups, c, add);
        s_tile!.Run(&call);
        if (result != null)
            Scale(c, result);
    }

    /// <summary>The code knows sums only; they become values from where it left them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Scale(int* sums, Int8Tile* result)
    {
        int* columns = result->OfColumns;
        nint ldc = result->Ldc, ldr = result->Ldr;
        float* to = result->C, residual = result->Residual;
        RowScale* row = result->RowScales;
        for (int* end = sums + Rows * Columns; sums < end; sums += Columns, row++, to += ldc, residual += ldr)
        {
            Int8Result.Store(to, Vector512.Load(sums), row, columns, Columns, residual);
            Int8Result.Store(to + Half, Vector512.Load(sums + Half), row, columns + Half, Columns, residual + Half);
        }
    }

    /// <summary>Arguments of the assembled code.</summary>
    public static TileCall Call(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add) =>
        TileCall.Of(a, rowBytes, (byte*)b, groups) with
        {
            From = add ? (byte*)c : s_zeros,
            FromBytes = add ? TileCode.GroupBytes : 0,
            To = (byte*)c,
            ToBytes = TileCode.GroupBytes,
        };
}
