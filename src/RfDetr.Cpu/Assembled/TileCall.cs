using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>
/// Arguments of assembled code, in memory instead of registers: so that they are the same for every calling convention. Groups
/// are four bytes of a row: four codes, or two bfloat16; of the panel, four bytes for each column. Sums are four bytes each.
/// Every pointer is read through: what is not there points at zeros, with a distance of 0.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = AtSaved + SavedBytes)]
internal unsafe struct TileCall
{
    /// <summary>Offsets of the fields in bytes.</summary>
    public const int AtA =
        0, AtRowBytes = 8, AtB = 16, AtTurns = 24, AtEnd = 32, AtFrom = 40, AtFromBytes = 48, AtTo = 56, AtToBytes = 64,
        AtColumns = 72, AtAddends = 80, AtAddendBytes = 88, AtSaved = 96;

    /// <summary>Room for xmm8 to xmm15.</summary>
    public const int SavedBytes = 8 * 16;

    /// <summary>First row of groups.</summary>
    [FieldOffset(AtA)]
    public byte* A;

    /// <summary>Distance of rows of groups.</summary>
    [FieldOffset(AtRowBytes)]
    public nint RowBytes;

    /// <summary>The panel: groups of <see cref="TileCode.GroupBytes"/> bytes.</summary>
    [FieldOffset(AtB)]
    public byte* B;

    /// <summary>End of the last whole turn of <see cref="TileCode.Unroll"/> groups of the panel.</summary>
    [FieldOffset(AtTurns)]
    public byte* Turns;

    /// <summary>End of the panel.</summary>
    [FieldOffset(AtEnd)]
    public byte* End;

    /// <summary>Sums to start from.</summary>
    [FieldOffset(AtFrom)]
    public byte* From;

    /// <summary>Distance of rows of sums to start from.</summary>
    [FieldOffset(AtFromBytes)]
    public nint FromBytes;

    /// <summary>Target of the sums; may be their source.</summary>
    [FieldOffset(AtTo)]
    public byte* To;

    /// <summary>Distance of rows of sums.</summary>
    [FieldOffset(AtToBytes)]
    public nint ToBytes;

    /// <summary>float32 sums: a value for each column, added to every row.</summary>
    [FieldOffset(AtColumns)]
    public byte* Columns;

    /// <summary>float32 sums: rows added last.</summary>
    [FieldOffset(AtAddends)]
    public byte* Addends;

    /// <summary>Distance of rows added last.</summary>
    [FieldOffset(AtAddendBytes)]
    public nint AddendBytes;

    /// <summary>Place where the code saves registers that belong to the caller: it has no stack frame of its own.</summary>
    [FieldOffset(AtSaved)]
    public fixed byte Saved[SavedBytes];

    /// <summary>A product whose source and target of sums are yet to be set.</summary>
    public static TileCall Of(byte* a, nint rowBytes, byte* b, nint groups) => new()
    {
        A = a,
        RowBytes = rowBytes,
        B = b,
        Turns = b + groups / TileCode.Unroll * TileCode.Unroll * TileCode.GroupBytes,
        End = b + groups * TileCode.GroupBytes,
    };
}
