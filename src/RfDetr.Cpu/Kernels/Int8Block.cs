using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>
/// A block of quantized rows times some panels of a quantized matrix, with what happens to the result while it is in cache.
/// </summary>
internal unsafe struct Int8Block
{
    /// <summary>Codes of the rows, as many bytes apart as the layout says; room up to a whole tile.</summary>
    public byte* Codes;

    /// <summary>The rows' scales and zero points.</summary>
    public RowScale* RowScales;

    public int Rows;

    public Int8Layout Layout;

    /// <summary>The packed weights, laid out so.</summary>
    public byte* Weights;

    public int FirstPanel, Panels;

    /// <summary>Column 0 of the block's first row.</summary>
    public float* C;

    public nint Ldc;

    /// <summary>N values, or null.</summary>
    public float* Bias;

    /// <summary>Rows of N values, <see cref="Ldr"/> apart, or null.</summary>
    public float* Residual;

    public nint Ldr;

    public Epilogue Activation;

    /// <summary>Room for the sums of one panel: rows up to a whole tile × its columns.</summary>
    public int* Sums;
}

/// <summary>Meaning of a row's codes: x ≈ scale·(code − zero).</summary>
/// <param name="Scale">Above 0.</param>
/// <param name="Zero">The stored code of 0.</param>
internal readonly record struct RowScale(float Scale, int Zero);

/// <summary>
/// Layout of a packed matrix of 8-bit weights: panels [panel][group][column][term], then scales and sums of the columns.
/// </summary>
/// <param name="N">Columns (outputs).</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="Columns">Columns of a panel.</param>
/// <param name="Group">Terms of a group.</param>
internal readonly record struct Int8Layout(int N, int K, int Columns, int Group)
{
    /// <summary>So many terms of 255·127 fit an int32.</summary>
    public const int MostTerms = 60_000;

    public int Panels => (N + Columns - 1) / Columns;

    public int Groups => (K + Group - 1) / Group;

    public int PanelBytes => Groups * Columns * Group;

    /// <summary>Bytes of a row of codes.</summary>
    public int RowBytes => Groups * sizeof(int);

    /// <summary>Offset of the columns' scales: float32, zeros beyond N.</summary>
    public long ScalesAt => Aligned((long)Panels * PanelBytes);

    /// <summary>Offset of the sums of the columns' weights: int32.</summary>
    public long SumsAt => ScalesAt + Aligned((long)Panels * Columns * sizeof(float));

    public long Bytes => SumsAt + (long)Panels * Columns * sizeof(int);

    private static long Aligned(long bytes) =>
        (bytes + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;
}
