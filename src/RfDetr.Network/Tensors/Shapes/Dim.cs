using System.Globalization;

namespace RfDetr.Tensors;

/// <summary>
/// One dimension: a fixed size, or a fixed multiple of the batch size that is known only when the network runs.
/// </summary>
/// <param name="Factor">The size, or the multiple; ≥ 0.</param>
/// <param name="PerBatch">True if the size is <paramref name="Factor"/> × batch.</param>
internal readonly record struct Dim(int Factor, bool PerBatch = false)
{
    /// <summary>The batch size itself.</summary>
    public static Dim Batch => new(1, true);

    /// <summary>The size of a fixed dimension.</summary>
    /// <exception cref="ShapeException">The dimension depends on the batch.</exception>
    public int Size => PerBatch ? throw new ShapeException($"the size of dimension {this} is known only at run time") : Factor;

    /// <summary>True for a fixed size of one, which broadcasts.</summary>
    public bool IsOne => Factor == 1 && !PerBatch;

    /// <summary>A fixed size.</summary>
    public static implicit operator Dim(int size) => new(size);

    /// <summary>Product of two dimensions, of which at most one depends on the batch.</summary>
    public static Dim operator *(Dim a, Dim b) => a.PerBatch && b.PerBatch
        ? throw new ShapeException($"{a} × {b} would be quadratic in the batch size")
        : new(checked(a.Factor * b.Factor), a.PerBatch || b.PerBatch);

    /// <summary>Exact quotient by a fixed size.</summary>
    public static Dim operator /(Dim a, int divisor) => a.Factor % divisor != 0
        ? throw new ShapeException($"dimension {a} is not a multiple of {divisor}")
        : new(a.Factor / divisor, a.PerBatch);

    /// <summary>The size for a given batch.</summary>
    public int At(int batch) => PerBatch ? checked(Factor * batch) : Factor;

    /// <inheritdoc/>
    public override string ToString() => (Factor, PerBatch) switch
    {
        (1, true) => "B",
        (_, true) => string.Create(CultureInfo.InvariantCulture, $"{Factor}·B"),
        _ => Factor.ToString(CultureInfo.InvariantCulture),
    };
}
