using RfDetr.Graph;

namespace RfDetr.Cpu;

/// <summary>A block of rows times some panels of a packed matrix, with what happens to the result while it is in cache.</summary>
internal unsafe struct ProductBlock
{
    /// <summary>Rows of <see cref="K"/> values, <see cref="Lda"/> apart.</summary>
    public float* A;

    public nint Lda;

    public int Rows, K;

    /// <summary>Columns of the whole result.</summary>
    public int N;

    /// <summary>Panels [panel][K][tile columns], zeros beyond N.</summary>
    public float* B;

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

    /// <summary>Room for <see cref="ProductKernel{TSimd,T,TTile}.ScratchFloats"/> values.</summary>
    public float* Scratch;
}
