namespace RfDetr.Tensors;

/// <summary>
/// The vocabulary in which the network is written. Shapes are given per operation in <see cref="Op"/>'s records.
/// </summary>
internal static class TensorOps
{
    /// <summary>eˣ.</summary>
    public static Tensor Exp(this Tensor x) => x.Apply(UnaryKind.Exp);

    /// <summary>√x.</summary>
    public static Tensor Sqrt(this Tensor x) => x.Apply(UnaryKind.Sqrt);

    /// <summary>sin x.</summary>
    public static Tensor Sin(this Tensor x) => x.Apply(UnaryKind.Sin);

    /// <summary>cos x.</summary>
    public static Tensor Cos(this Tensor x) => x.Apply(UnaryKind.Cos);

    /// <summary>Logistic function.</summary>
    public static Tensor Sigmoid(this Tensor x) => x.Apply(UnaryKind.Sigmoid);

    /// <summary>max(x, 0).</summary>
    public static Tensor Relu(this Tensor x) => x.Apply(UnaryKind.Relu);

    /// <summary>Error function.</summary>
    public static Tensor Erf(this Tensor x) => x.Apply(UnaryKind.Erf);

    /// <summary>Matrix product; with <paramref name="transposeB"/>, <paramref name="b"/> is <c>[…, n, k]</c>.</summary>
    public static Tensor MatMul(this Tensor a, Tensor b, bool transposeB = false) =>
        a.Backend.Apply(new MatMul(transposeB), a, b);

    /// <summary>The same elements in another shape.</summary>
    public static Tensor Reshape(this Tensor x, params ReadOnlySpan<Dim> shape) =>
        x.Backend.Apply(new Reshape(Shape.Create(shape)), x);

    /// <summary>Axes reordered.</summary>
    public static Tensor Permute(this Tensor x, params ReadOnlySpan<int> axes) =>
        x.Backend.Apply(new Permute(IntList.Create(axes)), x);

    /// <summary>Part of an axis.</summary>
    public static Tensor Slice(this Tensor x, int axis, int start, int length) =>
        x.Backend.Apply(new Slice(x.Shape.Axis(axis), start, length), x);

    /// <summary>Ones stretched to a shape.</summary>
    public static Tensor BroadcastTo(this Tensor x, params ReadOnlySpan<Dim> shape) =>
        x.Backend.Apply(new BroadcastTo(Shape.Create(shape)), x);

    /// <summary>Tensors joined along an axis.</summary>
    public static Tensor Concat(this IReadOnlyList<Tensor> parts, int axis) =>
        parts.Count == 1 ? parts[0] : parts[0].Backend.Apply(new Concat(parts[0].Shape.Axis(axis)), [.. parts]);

    /// <summary>One axis reduced.</summary>
    public static Tensor Reduce(this Tensor x, ReduceKind kind, int axis, bool keep = false) =>
        x.Backend.Apply(new Reduce(kind, x.Shape.Axis(axis), keep), x);

    /// <summary>Softmax over the last axis.</summary>
    public static Tensor Softmax(this Tensor x) => x.Backend.Apply(new Softmax(), x);

    /// <summary>Indices of the largest values of the last axis, in falling order.</summary>
    public static Tensor TopKIndices(this Tensor x, int k) => x.Backend.Apply(new TopKIndices(k), x);

    /// <summary>Rows of a table.</summary>
    public static Tensor Take(this Tensor table, Tensor indices) => table.Backend.Apply(new Take(), table, indices);

    /// <summary>Rows per image.</summary>
    public static Tensor GatherRows(this Tensor rows, Tensor indices) => rows.Backend.Apply(new GatherRows(), rows, indices);

    /// <summary>Convolution, channels last.</summary>
    public static Tensor Conv2d(this Tensor x, Tensor weight, Tensor? bias, int stride = 1, int padding = 0, int groups = 1) =>
        x.Backend.Apply(new Conv2d(stride, padding, groups), bias is null ? [x, weight] : [x, weight, bias]);

    /// <summary>Bilinear resize, channels last.</summary>
    public static Tensor ResizeBilinear(this Tensor x, int height, int width) =>
        x.Shape[1] == height && x.Shape[2] == width ? x : x.Backend.Apply(new ResizeBilinear(height, width), x);

    /// <summary>Bicubic antialiased resize, channels last.</summary>
    public static Tensor ResizeBicubicAntialias(this Tensor x, int height, int width) =>
        x.Backend.Apply(new ResizeBicubicAntialias(height, width), x);

    /// <summary>Bilinear sampling at a grid, channels first.</summary>
    public static Tensor GridSample(this Tensor x, Tensor grid) => x.Backend.Apply(new GridSample(), x, grid);

    /// <summary>x·Wᵀ + b.</summary>
    public static Tensor Linear(this Tensor x, Tensor weight, Tensor? bias) =>
        x.Backend.Apply(new Linear(), bias is null ? [x, weight] : [x, weight, bias]);

    /// <summary>Normalization over the last axis.</summary>
    public static Tensor LayerNorm(this Tensor x, Tensor weight, Tensor bias, float epsilon) =>
        x.Backend.Apply(new LayerNorm(epsilon), x, weight, bias);

    /// <summary>Exact (erf) GELU.</summary>
    public static Tensor Gelu(this Tensor x) => x.Backend.Apply(new Gelu(), x);

    /// <summary>x·σ(x).</summary>
    public static Tensor Silu(this Tensor x) => x.Backend.Apply(new Silu(), x);

    /// <summary>Multi-head attention of projected queries, keys and values.</summary>
    public static Tensor Attention(this Tensor query, Tensor key, Tensor value, int heads) =>
        query.Backend.Apply(new Attention(heads), query, key, value);

    private static Tensor Apply(this Tensor x, UnaryKind kind) => x.Backend.Apply(new Unary(kind), x);
}
