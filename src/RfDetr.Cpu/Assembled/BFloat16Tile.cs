namespace RfDetr.Cpu;

/// <summary>512 bits: AVX-512 BF16, two products at once, by code assembled at run time.</summary>
internal readonly unsafe struct BFloat16Tile : ITile
{
    // Made when it is first asked for: no other processor loads the assembler.
    private static readonly AssembledTile? s_tile = CpuFeatures.HasBFloat16
        ? AssembledTile.TryCreate(TileInstruction.Vdpbf16ps)
        : null;

    /// <summary>False where processor or system lack what it takes; then nothing else may be called.</summary>
    public static bool IsAvailable => s_tile is not null;

    public static int Rows => TileCode.Rows;

    public static int Columns => TileCode.Columns;

    public static int TurnTerms => TileCode.Unroll;

    public static void Multiply(
        float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends, ref PanelPrefetch far)
    {
        far.Advance(k / TileCode.Unroll);
        TileCall call = Call(a, lda, b, k, c, ldc, addends);
        s_tile!.Run(&call);
    }

    /// <summary>Arguments of the assembled code.</summary>
    public static TileCall Call(float* a, nint lda, float* b, nint k, float* c, nint ldc, in TileAddends addends) =>
        TileCall.Of((byte*)a, lda * sizeof(float), (byte*)b, k) with
        {
            From = (byte*)addends.Prior,
            FromBytes = addends.PriorStep * sizeof(float),
            To = (byte*)c,
            ToBytes = ldc * sizeof(float),
            Columns = (byte*)addends.Columns,
            Addends = (byte*)addends.Rows,
            AddendBytes = addends.RowsStep * sizeof(float),
        };
}
