using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>
/// Turns a network into steps for one batch size. Moves of data become views wherever addressing can express them; a copy is made
/// only where a kernel needs elements side by side.
/// </summary>
internal sealed partial class Lowering
{
    private readonly NodeGraph _graph;
    private readonly WeightStore _weights;
    private readonly KernelSet _kernels;
    private readonly CpuOptions _options;
    private readonly int _batch, _threads;
    private readonly Dictionary<Node, ProductPattern> _patterns;
    private readonly HashSet<Node> _absorbed;
    private readonly Dictionary<Node, View> _views = [], _dense = [];
    private readonly List<Step> _steps = [];
    private readonly List<Storage> _storages = [];
    private readonly List<ProductSummary> _products = [];

    // What steps of the present node read besides what is named where they are emitted.
    private readonly List<View> _borrowed = [];

    public Lowering(NodeGraph graph, WeightStore weights, KernelSet kernels, CpuOptions options, int batch)
    {
        (_graph, _weights, _kernels, _options, _threads, _batch) = (graph, weights, kernels, options, options.Threads, batch);
        (_patterns, _absorbed) = ProductPattern.FindAll(graph);
    }

    public CpuPlan Run()
    {
        foreach (Node input in _graph.Inputs)
        {
            View view = _views[input] = New(input.Type.DType, input.Shape.At(_batch));
            view.Storage.Touch(0);
        }

        PlaceConcatenations();
        foreach (Node node in _graph.Order)
        {
            if (_absorbed.Contains(node))
                continue;
            _borrowed.Clear();
            _views[node] = Lower(node);
        }

        var outputs = new List<PlanValue>();
        foreach ((string name, Node node) in _graph.Outputs)
            outputs.Add(new(name, OutputView(node)));
        PlanValue[] inputs = [.. _graph.Inputs.Select(i => new PlanValue(i.InputName!, _views[i]))];
        foreach (PlanValue value in inputs.Concat(outputs))
            value.View.Storage.Touch(_steps.Count);
        return new CpuPlan(
            _batch, _threads, [.. _steps.Where(s => s.Tasks > 0)], inputs, outputs, Arena.Place(_storages), _storages, _products);
    }

    private View Lower(Node node)
    {
        if (_patterns.TryGetValue(node, out ProductPattern? pattern))
            return LowerProduct(node, pattern);
        return node.Op switch
        {
            Reshape => Moved(node, x => x.Reshape(SizesOf(node))),
            Permute permute => Moved(node, x => x.Permute([.. permute.Axes])),
            Slice slice => ViewOf(node.Inputs[0]).Slice(node.Inputs[0].Shape.Axis(slice.Axis), slice.Start, slice.Length),
            BroadcastTo => Moved(node, x => x.Broadcast(SizesOf(node))),
            Concat concat => LowerConcat(node, concat),
            MatMul product => LowerMatMul(node, product),
            Conv2d conv => LowerConvolution(node, conv),
            Attention attention => LowerAttention(node, attention),
            LayerNorm norm => LowerNorm(node, norm),
            DeformableSampling sampling => LowerDeformable(node, sampling),
            Unary unary => LowerMap(node, FunctionOf(unary.Kind)),
            Tensors.Gelu => LowerMap(node, UnaryFunction.Gelu),
            Tensors.Silu => LowerMap(node, UnaryFunction.Silu),
            Binary binary => LowerCombine(node, binary.Kind),
            Softmax => LowerSoftmax(node),
            Reduce reduce => LowerReduce(node, reduce),
            TopKIndices top => LowerTopK(node, top),
            Take => LowerTake(node),
            GatherRows => LowerGather(node),
            ResizeBilinear => LowerResample(node, ResampleTaps.Bilinear),
            ResizeBicubicAntialias => LowerResample(node, ResampleTaps.Bicubic),
            GridSample => LowerGridSample(node),
            _ => throw new NotSupportedException($"the CPU engine has no kernel for {node.Op?.Name}"),
        };
    }

    private int[] SizesOf(Node node) => node.Shape.At(_batch);

    /// <summary>The value as it lies in memory.</summary>
    private View ViewOf(Node node)
    {
        if (!_views.TryGetValue(node, out View? view))
            _views[node] = view = View.Dense(_weights.Get(node.Constant!, ConstantForm.Plain), node.Type.DType, SizesOf(node));
        return view;
    }

    /// <summary>The value with its elements side by side, copied if they are not.</summary>
    private View Dense(Node node)
    {
        View view = ViewOf(node);
        if (view.IsContiguous)
            return view;
        if (!_dense.TryGetValue(node, out View? dense))
        {
            _dense[node] = dense = New(view.DType, view.Sizes);
            Copy(view, dense);
        }

        return dense;
    }

    private View OutputView(Node node)
    {
        View view = ViewOf(node);
        bool isOwn = view.IsContiguous
            && view.Offset == 0 && !view.Storage.IsConstant && node.InputName is null
            && view.Storage.Bytes == (long)view.Count * view.ItemBytes;
        if (isOwn)
            return view;
        View copy = New(view.DType, view.Sizes);
        Copy(view, copy);
        return copy;
    }

    // A view of the input if there is one, else of a dense copy.
    private View Moved(Node node, Func<View, View?> move) => move(ViewOf(node.Inputs[0])) ?? move(Dense(node.Inputs[0]))!;

    private View New(DType type, int[] sizes)
    {
        var storage = new Storage(checked((long)View.Product(sizes) * (type == DType.Int64 ? sizeof(long) : sizeof(float))));
        _storages.Add(storage);
        return View.Dense(storage, type, sizes);
    }

    private View NewFor(Node node) => New(node.Type.DType, SizesOf(node));

    private void Copy(View from, View to)
    {
        if (from.RowTable is not null)
            Emit(new CopyRowsStep(from.RowOffsets(), to.RowOffsets(), from.Width, from.Storage, to.Storage), from, to);
        else
            Emit(
                new CopyStep(
                    new LoopNest(from.Sizes, [from.Strides!, to.Strides!], _threads), from.ItemBytes, Operand.Of(from),
                    Operand.Of(to)),
                from, to);
    }

    private void Emit(Step step, params ReadOnlySpan<View?> touched)
    {
        foreach (View? view in touched)
            view?.Storage.Touch(_steps.Count);
        foreach (View view in _borrowed)
            view.Storage.Touch(_steps.Count);
        _steps.Add(step);
    }
}
