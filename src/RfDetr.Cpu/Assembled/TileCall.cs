using System.Runtime.InteropServices;

namespace RfDetr.Cpu;

/// <summary>
/// What assembled code is told, in memory instead of registers: so that it is the same for every calling convention. Groups are four bytes of
/// a row: four codes, or two bfloat16; of the panel, four bytes for each column.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = AtSaved + SavedBytes)]
internal unsafe struct TileCall
{
    /// <summary>Where the fields lie.</summary>
    public const int AtA = 0, AtRowBytes = 8, AtB = 16, AtTurns = 24, AtEnd = 32, AtFrom = 40, AtFromBytes = 48, AtTo = 56, AtToBytes = 64, AtSaved = 72;

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

    /// <summary>Where the last whole turn of <see cref="TileCode.Unroll"/> groups of the panel ends.</summary>
    [FieldOffset(AtTurns)]
    public byte* Turns;

    /// <summary>Where the panel ends.</summary>
    [FieldOffset(AtEnd)]
    public byte* End;

    /// <summary>Sums to start from; the same row of zeros for all rows, with a distance of 0, where there are none.</summary>
    [FieldOffset(AtFrom)]
    public byte* From;

    /// <summary>Distance of rows of sums to start from.</summary>
    [FieldOffset(AtFromBytes)]
    public nint FromBytes;

    /// <summary>Where sums go; may be where they come from.</summary>
    [FieldOffset(AtTo)]
    public byte* To;

    /// <summary>Distance of rows of sums.</summary>
    [FieldOffset(AtToBytes)]
    public nint ToBytes;

    /// <summary>Where the code puts registers that belong to the caller: it has no stack frame of its own.</summary>
    [FieldOffset(AtSaved)]
    public fixed byte Saved[SavedBytes];
}
