namespace RfDetr.Torch;

/// <content>Sums, extremes, order, products of matrices.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        SumOp = new("aten::sum"), SumDimOp = new("aten::sum.dim_IntList"), MeanOp = new("aten::mean"),
        MeanDimOp = new("aten::mean.dim"), MaxOp = new("aten::max"), MinOp = new("aten::min"), MaxDimOp = new("aten::max.dim"),
        MinDimOp = new("aten::min.dim"), AmaxOp = new("aten::amax"), AllOp = new("aten::all"), AnyOp = new("aten::any"),
        AllDimOp = new("aten::all.dim"), AnyDimOp = new("aten::any.dim"), SoftmaxOp = new("aten::softmax.int"),
        NormOp = new("aten::norm.Scalar"), SortOp = new("aten::sort.stable"), TopKOp = new("aten::topk"),
        MatMulOp = new("aten::matmul"), LinearOp = new("aten::linear");

    /// <summary>Sum of all elements; integers give Int64.</summary>
    public TorchTensor Sum() => SumOp.Call(this);

    /// <summary>Sum over one axis.</summary>
    public TorchTensor Sum(long dim, bool keep = false) => SumDimOp.Call(this, dim, keep);

    /// <summary>Sum over several axes.</summary>
    public TorchTensor Sum(long[] dims, bool keep = false) => SumDimOp.Call(this, dims, keep);

    /// <summary>Mean of all elements.</summary>
    public TorchTensor Mean() => MeanOp.Call(this);

    /// <summary>Mean over one axis.</summary>
    public TorchTensor Mean(long dim, bool keep = false) => MeanDimOp.Call(this, dim, keep);

    /// <summary>Mean over several axes.</summary>
    public TorchTensor Mean(long[] dims, bool keep = false) => MeanDimOp.Call(this, dims, keep);

    /// <summary>The largest element.</summary>
    public TorchTensor Max() => MaxOp.Call(this);

    /// <summary>The smallest element.</summary>
    public TorchTensor Min() => MinOp.Call(this);

    /// <summary>The largest of one axis and where it is.</summary>
    public (TorchTensor Values, TorchTensor Indices) Max(long dim, bool keep = false) => Two(MaxDimOp.CallMany(this, dim, keep));

    /// <summary>The smallest of one axis and where it is.</summary>
    public (TorchTensor Values, TorchTensor Indices) Min(long dim, bool keep = false) => Two(MinDimOp.CallMany(this, dim, keep));

    /// <summary>The largest of one axis; equal ones share the gradient.</summary>
    public TorchTensor Amax(long dim, bool keep = false) => AmaxOp.Call(this, dim, keep);

    /// <summary>Bool: none is zero.</summary>
    public TorchTensor All() => AllOp.Call(this);

    /// <summary>Bool: one is not zero.</summary>
    public TorchTensor Any() => AnyOp.Call(this);

    /// <summary>Bool: none of one axis is zero.</summary>
    public TorchTensor All(long dim, bool keep = false) => AllDimOp.Call(this, dim, keep);

    /// <summary>Bool: one of an axis is not zero.</summary>
    public TorchTensor Any(long dim, bool keep = false) => AnyDimOp.Call(this, dim, keep);

    /// <summary>eˣ over its sum along an axis.</summary>
    public TorchTensor Softmax(long dim) => SoftmaxOp.Call(this, dim);

    /// <summary>Root of the sum of squares.</summary>
    public TorchTensor Norm() => NormOp.Call(this, 2.0);

    /// <summary>Sorted along an axis, equal ones in their order, and where they were.</summary>
    public (TorchTensor Values, TorchTensor Indices) Sort(long dim = -1, bool descending = false) =>
        Two(SortOp.CallMany(this, true, dim, descending));

    /// <summary>Indices of the sorted elements of an axis; stable.</summary>
    public TorchTensor ArgSort(long dim = -1, bool descending = false) => Sort(dim, descending).Indices;

    /// <summary>
    /// The <paramref name="k"/> largest of an axis, in falling order, and where they are. Of equal ones any may come first.
    /// </summary>
    public (TorchTensor Values, TorchTensor Indices) TopK(long k, long dim = -1, bool largest = true) =>
        Two(TopKOp.CallMany(this, k, dim, largest, true));

    /// <summary>Matrix product over the last two axes; the others broadcast.</summary>
    public TorchTensor MatMul(TorchTensor other) => MatMulOp.Call(this, other);

    /// <summary>x·Wᵀ + b with weights <c>[out, in]</c>.</summary>
    public TorchTensor Linear(TorchTensor weight, TorchTensor? bias = null) => LinearOp.Call(this, weight, bias);

    private static (TorchTensor Values, TorchTensor Indices) Two(TorchTensor[] results) => (results[0], results[1]);
}
