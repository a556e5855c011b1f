namespace RfDetr.Torch;

/// <content>Shapes, parts, indices, conversions.</content>
internal sealed unsafe partial class TorchTensor
{
    private static readonly AtenOp
        TransposeOp = new("aten::transpose.int"), PermuteOp = new("aten::permute"), ReshapeOp = new("aten::reshape"),
        ViewOp = new("aten::view"), FlattenOp = new("aten::flatten.using_ints"), UnsqueezeOp = new("aten::unsqueeze"),
        SqueezeOp = new("aten::squeeze.dim"), ExpandOp = new("aten::expand"), ContiguousOp = new("aten::contiguous"),
        RepeatOp = new("aten::repeat"), NarrowOp = new("aten::narrow"), SelectOp = new("aten::select.int"),
        IndexSelectOp = new("aten::index_select"), GatherOp = new("aten::gather"), NonZeroOp = new("aten::nonzero"),
        IndexOp = new("aten::index.Tensor"), ScatterOp = new("aten::scatter.src"), ScatterValueOp = new("aten::scatter.value"),
        CatOp = new("aten::cat"), StackOp = new("aten::stack"), SplitOp = new("aten::split_with_sizes"),
        UnbindOp = new("aten::unbind.int"), DetachOp = new("aten::detach"), CloneOp = new("aten::clone"),
        AliasOp = new("aten::alias"), ToTypeOp = new("aten::to.dtype"), ToDeviceOp = new("aten::to.device"),
        PinOp = new("aten::pin_memory"), GridSampleOp = new("aten::grid_sampler");

    /// <summary>Two axes exchanged.</summary>
    public TorchTensor Transpose(long a, long b) => TransposeOp.Call(this, a, b);

    /// <summary>Axes reordered.</summary>
    public TorchTensor Permute(params long[] axes) => PermuteOp.Call(this, axes);

    /// <summary>The same elements in another shape; one size may be −1.</summary>
    public TorchTensor Reshape(params long[] shape) => ReshapeOp.Call(this, shape);

    /// <summary>As <see cref="Reshape"/>, never copying.</summary>
    public TorchTensor View(params long[] shape) => ViewOp.Call(this, shape);

    /// <summary>Axes <paramref name="start"/> to <paramref name="end"/> made one.</summary>
    public TorchTensor Flatten(long start = 0, long end = -1) => FlattenOp.Call(this, start, end);

    /// <summary>A further axis of size one.</summary>
    public TorchTensor Unsqueeze(long dim) => UnsqueezeOp.Call(this, dim);

    /// <summary>An axis of size one dropped.</summary>
    public TorchTensor Squeeze(long dim) => SqueezeOp.Call(this, dim);

    /// <summary>Axes of size one repeated without copying; −1 leaves an axis as it is.</summary>
    public TorchTensor Expand(params long[] shape) => ExpandOp.Call(this, shape);

    /// <summary>Copies end to end, so many along each axis.</summary>
    public TorchTensor Repeat(params long[] times) => RepeatOp.Call(this, times);

    /// <summary>The same tensor if its elements follow one another, else a copy.</summary>
    public TorchTensor Contiguous() => ContiguousOp.Call(this);

    /// <summary><paramref name="length"/> entries of an axis from <paramref name="start"/> on; shares memory.</summary>
    public TorchTensor Narrow(long dim, long start, long length) => NarrowOp.Call(this, dim, start, length);

    /// <summary>One entry of an axis; shares memory.</summary>
    public TorchTensor Select(long dim, long index) => SelectOp.Call(this, dim, index);

    /// <summary>Entries of an axis by index (Int64 vector).</summary>
    public TorchTensor IndexSelect(long dim, TorchTensor index) => IndexSelectOp.Call(this, dim, index);

    /// <summary>Elements picked along an axis, one index for each element of the result.</summary>
    public TorchTensor Gather(long dim, TorchTensor index) => GatherOp.Call(this, dim, index);

    /// <summary>Elements by index tensors per leading axis, as <c>t[i, j]</c> in Python; null takes a whole axis.</summary>
    public TorchTensor Index(params TorchTensor?[] indices) => IndexOp.Call(this, indices);

    /// <summary>A copy with elements of an axis replaced by <paramref name="source"/>.</summary>
    public TorchTensor Scatter(long dim, TorchTensor index, TorchTensor source) => ScatterOp.Call(this, dim, index, source);

    /// <summary>A copy with elements of an axis replaced by a number.</summary>
    public TorchTensor Scatter(long dim, TorchTensor index, double value) => ScatterValueOp.Call(this, dim, index, value);

    /// <summary>Indices <c>[n, axes]</c> of the elements that are not zero.</summary>
    public TorchTensor NonZero() => NonZeroOp.Call(this);

    /// <summary>Tensors joined along an axis.</summary>
    public static TorchTensor Cat(TorchTensor[] tensors, long dim = 0) => CatOp.Call(tensors, dim);

    /// <summary>Tensors joined along a new axis.</summary>
    public static TorchTensor Stack(TorchTensor[] tensors, long dim = 0) => StackOp.Call(tensors, dim);

    /// <summary>Consecutive parts of an axis; share memory.</summary>
    public TorchTensor[] Split(long[] sizes, long dim = 0) => SplitOp.CallMany(this, sizes, dim);

    /// <summary>All entries of an axis; share memory.</summary>
    public TorchTensor[] Unbind(long dim = 0) => UnbindOp.CallMany(this, dim);

    /// <summary>The same elements without history; shares memory.</summary>
    public TorchTensor Detach() => DetachOp.Call(this);

    /// <summary>A copy; gradients flow through.</summary>
    public TorchTensor Clone() => CloneOp.Call(this);

    /// <summary>A further handle on the same elements and history, with a lifetime of its own.</summary>
    public TorchTensor Alias() => AliasOp.Call(this);

    /// <summary>Converted; the same tensor if it has the type already.</summary>
    public TorchTensor To(ScalarType type) => ToTypeOp.Call(this, type);

    /// <summary>On another device; the same tensor if it is there already.</summary>
    /// <param name="device">Target device.</param>
    /// <param name="nonBlocking">Return before the copy is done, where the source is pinned memory or a GPU.</param>
    public TorchTensor To(Device device, bool nonBlocking = false) => ToDeviceOp.Call(this, device, ScalarType, nonBlocking);

    /// <summary>A copy in page-locked memory, from which a GPU copies without waiting. Needs a GPU.</summary>
    public TorchTensor PinMemory() => PinOp.Call(this);

    /// <summary>Values of planes <c>[B, C, h, w]</c> at a grid <c>[B, m, n, (x, y)]</c> in −1…1 → <c>[B, C, m, n]</c>.</summary>
    /// <param name="grid">Points to look at.</param>
    /// <param name="mode">Way to find values between pixels.</param>
    /// <param name="padding">Values that lie outside.</param>
    /// <param name="alignCorners">−1 and 1 are the outer pixels' centers, not the image's edges.</param>
    public TorchTensor GridSample(
        TorchTensor grid, SampleMode mode = SampleMode.Bilinear, SamplePadding padding = SamplePadding.Zeros,
        bool alignCorners = false) =>
        GridSampleOp.Call(this, grid, (long)mode, (long)padding, alignCorners);
}

/// <summary>Ways to find a value between pixels; the numbers are libtorch's.</summary>
internal enum SampleMode
{
    /// <summary>From the four pixels around.</summary>
    Bilinear = 0,

    /// <summary>The nearest pixel.</summary>
    Nearest = 1,
}

/// <summary>Values that lie outside an image that is sampled; the numbers are libtorch's.</summary>
internal enum SamplePadding
{
    /// <summary>Zeros.</summary>
    Zeros = 0,

    /// <summary>The pixels of the border.</summary>
    Border = 1,
}
