using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>512 bits: AVX-512 VNNI, four products of bytes at once, by code assembled at run time.</summary>
internal readonly unsafe struct VnniTile : IDotTile
{
    // Made when it is first asked for: no other processor loads the assembler.
    private static readonly AssembledTile? s_tile = CpuFeatures.HasVnni512 ? AssembledTile.TryCreate(TileInstruction.Vpdpbusd) : null;

    private static readonly byte* s_zeros = (byte*)NativeMemory.AllocZeroed(TileCode.GroupBytes);

    /// <summary>False where processor or system lack what it takes; then nothing else may be called.</summary>
    public static bool IsAvailable => s_tile is not null;

    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static int Group => 4;

    public static int Bias => 0;

    public static void Multiply(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add)
    {
        TileCall call = Call(a, rowBytes, b, groups, c, add);
        s_tile!.Run(&call);
    }

    /// <summary>What the code is told.</summary>
    public static TileCall Call(byte* a, nint rowBytes, sbyte* b, nint groups, int* c, bool add) => TileCall.Of(a, rowBytes, (byte*)b, groups) with
    {
        From = add ? (byte*)c : s_zeros,
        FromBytes = add ? TileCode.GroupBytes : 0,
        To = (byte*)c,
        ToBytes = TileCode.GroupBytes,
    };
}
