using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <content>Products: linear layers, convolutions, matrix products, attention.</content>
internal sealed partial class Lowering
{
    private View LowerProduct(Node root, ProductPattern pattern)
    {
        Node product = pattern.Product;
        View result = Place(root);
        View x;
        View? bias = null, residual = null;
        RowSource? source = null;
        ConstantForm form = ConstantForm.Panels;
        Epilogue activation = Epilogue.None;
        NormParameters? preNorm = pattern.PreNorm is { } norm ? NormOf(norm, UnaryFunction.Same) : null;
        int k, n = product.LastSize;
        if (product.Op is Conv2d conv)
        {
            x = WithStrides(product.Inputs[0]);
            ConvolutionSizes sizes = ConvolutionOf(product, conv);
            k = sizes.Channels * sizes.KernelHeight * sizes.KernelWidth;
            source = new ConvolutionRows(Operand.Of(x), x.Strides!, sizes);
            form = ConvolutionRows.Form(x.Strides!);
            bias = product.Inputs.Length == 3 ? Dense(product.Inputs[2]) : null;
        }
        else
        {
            FusedLinear linear = product.Op as FusedLinear ?? new FusedLinear(product.Inputs.Length == 3, Epilogue.None, false);
            activation = linear.Activation;
            bias = linear.HasBias ? Dense(product.Inputs[2]) : null;
            residual = linear.HasResidual ? RowsAtEqualSteps(product.Inputs[^1]) : null;
            if (pattern.Depthwise is { } depthwise)
            {
                x = WithStrides(depthwise.Inputs[0]);
                source = DepthwiseRowsOf(depthwise, x, preNorm);
            }
            else
            {
                x = WithWholeRows((pattern.PreNorm ?? product).Inputs[0]);
                if (preNorm is not null || x.RowStep() is null)
                    source = GatheredRows.Of(_kernels, x, preNorm);
            }

            k = product.Inputs[0].LastSize;
        }

        Precision precision = PrecisionOf(product.Inputs[1], k);
        View b = product.Inputs[1].Constant is not null
            ? Weights(product.Inputs[1], FormOf(form, precision))
            : PackWeights(product.Inputs[1]);
        NormParameters? postNorm = pattern.PostNorm is { } post ? NormOf(post, pattern.PostActivation) : null;
        var plan = new ProductPlan
        {
            Rows = result.Count / Math.Max(n, 1),
            K = k,
            N = n,
            A = source is null ? Operand.Of(x) : default,
            Lda = x.RowStep() ?? 0,
            Source = source,
            B = Operand.Of(b),
            Bias = Operand.Of(bias),
            Activation = activation,
            Residual = Operand.Of(residual),
            Ldr = residual?.RowStep() ?? 0,
            C = Operand.Of(result),
            Ldc = result.RowStep()!.Value,
            Norm = postNorm,
        };
        string kind = (preNorm is null ? "" : "norm + ") + (
            product.Op is Conv2d ? "convolution" : "product") + (postNorm is null ? "" : " + norm");
        EmitProduct(kind, plan, product.Inputs[1], precision, x, b, bias, residual, result);
        return result;
    }

    private View LowerMatMul(Node node, MatMul product)
    {
        int[] sizes = SizesOf(node), lead = sizes[..^2];
        View a = WithStrides(node.Inputs[0]), b = WithStrides(node.Inputs[1]), result = NewFor(node);
        if (a.Strides![^1] != 1 && a.Sizes[^1] != 1)
            a = Dense(node.Inputs[0]);
        int m = sizes[^2], n = sizes[^1], k = a.Sizes[^1];
        (int stepK, int stepN) = product.TransposeB ? (b.Strides![^1], b.Strides[^2]) : (b.Strides![^2], b.Strides[^1]);
        int[] startsA = Starts(a, lead), startsB = Starts(b, lead), distinct = [.. startsB.Distinct()];
        int packedSize = PackStep.Floats(k, n, _kernels.TileColumns);
        View packed = New(DType.Float32, [distinct.Length, packedSize]);
        Emit(
            new PackStep(new Operand(b.Storage, 0), distinct, stepK, stepN, k, n, _kernels.TileColumns, Operand.Of(packed)), b,
            packed);
        var plan = new ProductPlan
        {
            Rows = m,
            K = k,
            N = n,
            A = new Operand(a.Storage, 0),
            Lda = a.Strides![^2],
            B = Operand.Of(packed),
            C = Operand.Of(result),
            Ldc = n,
            Batches = [.. startsA.Select((start, i) => (start, Array.IndexOf(distinct, startsB[i]) * packedSize, i * m * n))],
        };
        Emit(new ProductStep("matrix product", _kernels, plan, _threads), a, packed, result);
        return result;

        static int[] Starts(View view, int[] lead)
        {
            int[] strides = new int[lead.Length];
            int own = view.Rank - 2;
            for (int i = 1; i <= own; i++)
                strides[^i] = view.Sizes[own - i] == 1 ? 0 : view.Strides![own - i];
            return View.Offsets(lead, strides, view.Offset);
        }
    }

    private View LowerAttention(Node node, Attention attention)
    {
        View q = PerImage(node.Inputs[0]), key = PerImage(node.Inputs[1]), value = PerImage(node.Inputs[2]),
        result = NewFor(node);
        var plan = new AttentionPlan
        {
            Batch = q.Sizes[0],
            Heads = attention.Heads,
            Queries = q.Sizes[1],
            Keys = key.Sizes[1],
            Width = q.Sizes[2] / attention.Heads,
            Query = Operand.Of(q),
            Key = Operand.Of(key),
            Value = Operand.Of(value),
            Result = Operand.Of(result),
            QueryStep = (q.Strides![0], q.Strides[1]),
            KeyStep = (key.Strides![0], key.Strides[1]),
            ValueStep = (value.Strides![0], value.Strides[1]),
            ResultStep = (result.Strides![0], result.Strides[1]),
            Packed = default,
            Kernels = _kernels,
        };
        View packed = New(DType.Float32, [plan.Batch * plan.Heads, plan.HeadFloats]);
        plan = plan with { Packed = Operand.Of(packed) };
        Emit(new AttentionPackStep(plan), key, value, packed);
        Emit(new AttentionStep(plan, _threads), q, packed, result);
        return result;
    }

    private View LowerConvolution(Node node, Conv2d conv)
    {
        View? bias = node.Inputs.Length == 3 ? Dense(node.Inputs[2]) : null;
        ConvolutionSizes sizes = ConvolutionOf(node, conv);
        View result = NewFor(node);
        if (ProductPattern.IsDepthwise(node))
        {
            View pixels = WithStrides(node.Inputs[0]);
            Emit(
                new NormStep(
                    DepthwiseRowsOf(node, pixels, null), result.Count / result.Width, result.Width, Operand.Of(result),
                    result.Width),
                pixels, bias, result);
            return result;
        }

        View x = Dense(node.Inputs[0]), weights = Dense(node.Inputs[1]);
        Emit(
            new GroupedConvolutionStep(
                result.Sizes[0], sizes, result.Width, conv.Groups, Operand.Of(x), Operand.Of(weights), Operand.Of(bias),
                Operand.Of(result)),
            x, weights, bias, result);
        return result;
    }

    private DepthwiseRows DepthwiseRowsOf(Node node, View x, NormParameters? norm)
    {
        View? bias = node.Inputs.Length == 3 ? Dense(node.Inputs[2]) : null;
        if (bias is not null)
            _borrowed.Add(bias);
        return new(
            _kernels, Operand.Of(x), x.Strides!, ConvolutionOf(node, (Conv2d)node.Op!),
            Operand.Of(Weights(node.Inputs[1], ConstantForm.DepthwiseTaps)), Operand.Of(bias), norm);
    }

    private ConvolutionSizes ConvolutionOf(Node node, Conv2d conv)
    {
        int[] x = SizesOf(node.Inputs[0]), w = SizesOf(node.Inputs[1]), y = SizesOf(node);
        return new(x[1], x[2], x[3], y[1], y[2], w[2], w[3], conv.Stride, conv.Padding);
    }

    private NormParameters NormOf(Node norm, UnaryFunction activation)
    {
        View weight = Dense(norm.Inputs[1]), bias = Dense(norm.Inputs[2]);
        _borrowed.AddRange([weight, bias]);
        return new(Operand.Of(weight), Operand.Of(bias), ((LayerNorm)norm.Op!).Epsilon, activation);
    }

    private View Weights(Node node, ConstantForm form) =>
        View.Dense(_weights.Get(node.Constant!, form), DType.Float32, SizesOf(node));

    private View PackWeights(Node node)
    {
        View w = WithStrides(node);
        View packed = New(DType.Float32, [PackStep.Floats(w.Sizes[1], w.Sizes[0], _kernels.TileColumns)]);
        Emit(
            new PackStep(
                Operand.Of(w), [0], w.Strides![1], w.Strides[0], w.Sizes[1], w.Sizes[0], _kernels.TileColumns,
                Operand.Of(packed)),
            w, packed);
        return packed;
    }

    private View WithStrides(Node node)
    {
        View view = ViewOf(node);
        return view.Strides is null ? Dense(node) : view;
    }

    private View WithWholeRows(Node node)
    {
        View view = ViewOf(node);
        return view.HasWholeRows ? view : Dense(node);
    }

    private View RowsAtEqualSteps(Node node)
    {
        View view = ViewOf(node);
        return view.RowStep() is null ? Dense(node) : view;
    }

    private View PerImage(Node node)
    {
        View view = WithStrides(node);
        return view.Strides![2] == 1 ? view : Dense(node);
    }
}
