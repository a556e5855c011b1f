namespace RfDetr.Cpu;

/// <summary>512 bits: AVX-512 BF16, two products at once, by code assembled at run time.</summary>
internal readonly unsafe struct BFloat16Tile : ITile
{
    // Made when it is first asked for: no other processor loads the assembler.
    private static readonly AssembledTile? s_tile = CpuFeatures.HasBFloat16 ? AssembledTile.TryCreate(TileInstruction.Vdpbf16ps) : null;

    /// <summary>False where processor or system lack what it takes; then nothing else may be called.</summary>
    public static bool IsAvailable => s_tile is not null;

    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static void Multiply(float* a, nint lda, float* b, nint k, float* c, nint ldc, bool add) =>
        s_tile!.Multiply((byte*)a, lda * sizeof(float), (byte*)b, k, add ? (byte*)c : null, (byte*)c, ldc * sizeof(float));
}
