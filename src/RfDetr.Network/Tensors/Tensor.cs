namespace RfDetr.Tensors;

/// <summary>
/// A value of the network on some <see cref="Tensors.Backend"/>: numbers, a node of a graph or only a shape. Immutable.
/// Operators broadcast; every operation infers and checks shapes before the back end sees it.
/// </summary>
internal abstract class Tensor(Backend backend, TensorType type)
{
    /// <summary>Back end that executes operations on this value.</summary>
    public Backend Backend { get; } = backend;

    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; } = type;

    /// <summary>Dimensions, outermost first.</summary>
    public Shape Shape => Type.Shape;

    /// <summary>Element type.</summary>
    public DType DType => Type.DType;

    /// <summary>Sum, broadcasting.</summary>
    public static Tensor operator +(Tensor a, Tensor b) => a.With(BinaryKind.Add, b);

    /// <summary>Difference, broadcasting.</summary>
    public static Tensor operator -(Tensor a, Tensor b) => a.With(BinaryKind.Sub, b);

    /// <summary>Product of elements, broadcasting.</summary>
    public static Tensor operator *(Tensor a, Tensor b) => a.With(BinaryKind.Mul, b);

    /// <summary>Quotient of elements, broadcasting.</summary>
    public static Tensor operator /(Tensor a, Tensor b) => a.With(BinaryKind.Div, b);

    /// <summary>Sum with a number.</summary>
    public static Tensor operator +(Tensor a, float b) => a + a.Backend.Scalar(b);

    /// <summary>Difference with a number.</summary>
    public static Tensor operator -(Tensor a, float b) => a - a.Backend.Scalar(b);

    /// <summary>Product with a number.</summary>
    public static Tensor operator *(Tensor a, float b) => a * a.Backend.Scalar(b);

    /// <summary>Quotient by a number.</summary>
    public static Tensor operator /(Tensor a, float b) => a / a.Backend.Scalar(b);

    /// <summary>Marks this value as the result of a named stage, for comparison with a reference; returns the value.</summary>
    public Tensor Tap(string stage) => Backend.Tap(stage, this);

    /// <summary>This value as what a residual block adds: see <see cref="Backend.Branch"/>.</summary>
    public Tensor Branch(float depth) => Backend.Branch(this, depth);

    /// <summary>This value without its history: see <see cref="Backend.Detach"/>.</summary>
    public Tensor Detach() => Backend.Detach(this);

    /// <inheritdoc/>
    public override string ToString() => Type.ToString();

    private Tensor With(BinaryKind kind, Tensor other) => Backend.Apply(new Binary(kind), this, other);
}
