using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Writes each operation as ONNX nodes.</summary>
internal sealed class OpEmitter(NodeWriter writer, bool contrib)
{
    /// <summary>ONNX Runtime's own operators.</summary>
    public const string ContribDomain = "com.microsoft";

    private readonly Dictionary<int, string> _batchMultiples = [];
    private readonly Int8Emitter _int8 = new(writer, contrib);

    /// <summary>True if the operation is one node, so that it need not be written out.</summary>
    public static bool IsNative(DerivedOp op, bool contrib) => op switch
    {
        LayerNorm or Linear => true,
        Gelu or Attention => contrib,
        _ => false,
    };

    public void Emit(OpValue value)
    {
        switch (value.Op)
        {
            case Unary or Softmax: Plain(value, value.Op.Name); break;
            case Binary: Plain(value, value.Op.Name); break;
            case MatMul: Plain(value, "MatMul"); break;
            case Gelu: writer.Define(value, "Gelu", Inputs(value), domain: ContribDomain); break;
            case Attention attention:
                writer.Define(
                    value, "MultiHeadAttention", Inputs(value), node => node.Set("num_heads", attention.Heads), ContribDomain);
                break;
            case PackedAttention attention:
                writer.Define(value, "Attention", Inputs(value), node => node.Set("num_heads", attention.Heads), ContribDomain);
                break;
            case Int8Linear product: _int8.Emit(value, product); break;
            case LayerNorm norm:
                writer.Define(value, "LayerNormalization", Inputs(value), node =>
                {
                    node.Set("axis", -1L);
                    node.Set("epsilon", norm.Epsilon);
                });
                break;
            case NchwConv { Conv: var conv }: Convolution(value, conv); break;
            case NchwResize: Resize(value); break;
            case GridSample:
                writer.Define(value, "GridSample", Inputs(value), node =>
                {
                    node.Set("mode", "bilinear");
                    node.Set("padding_mode", "zeros");
                    node.Set("align_corners", 0L);
                });
                break;
            case Reshape reshape:
                writer.Define(
                value, "Reshape", [Input(value), writer.Longs([.. reshape.Target.Select(d => d.PerBatch ? -1L : d.Factor)])]);
                break;
            case Permute permute: writer.Define(value, "Transpose", Inputs(value), node => node.Set("perm", permute.Axes)); break;
            case Concat concat: writer.Define(value, "Concat", Inputs(value), node => node.Set("axis", (long)concat.Axis)); break;
            case Slice slice:
                writer.Define(
                    value, "Slice",
                    [
                        Input(value), writer.Longs(slice.Start), writer.Longs(slice.Start + slice.Length),
                        writer.Longs(slice.Axis)
                    ]);
                break;
            case BroadcastTo broadcast: writer.Define(value, "Expand", [Input(value), Sizes(broadcast.Target)]); break;
            case Reduce reduce: Reduction(value, reduce); break;
            case TopKIndices top: TopK(value, top); break;
            case Take:
                writer.Define(
                value, "Gather", [Input(value), writer.Name(value.Inputs[1], DType.Int64)], node => node.Set("axis", 0L));
                break;
            case GatherRows: RowsPerImage(value); break;
            default: throw new NotSupportedException($"the exporter has no ONNX operator for {value.Op.Name}");
        }
    }

    private void Plain(OpValue value, string opType) => writer.Define(value, opType, Inputs(value));

    // Every input in the precision the operation computes in.
    private string[] Inputs(OpValue value) => [.. value.Inputs.Select(i => writer.Name(i, writer.Precision.Of(value)))];

    private string Input(OpValue value) => writer.Name(value.Inputs[0], writer.Precision.Of(value));

    private void Convolution(OpValue value, Conv2d conv) => writer.Define(value, "Conv", Inputs(value), node =>
    {
        node.Set("kernel_shape", [value.Inputs[1].Shape[2].Size, value.Inputs[1].Shape[3].Size]);
        node.Set("strides", [conv.Stride, conv.Stride]);
        node.Set("pads", [conv.Padding, conv.Padding, conv.Padding, conv.Padding]);
        node.Set("group", (long)conv.Groups);
    });

    private void Resize(OpValue value)
    {
        string input = Input(value);
        string batch = writer.Helper("Shape", [input], node =>
        {
            node.Set("start", 0L);
            node.Set("end", 2L);
        });
        string sizes = writer.Helper(
            "Concat", [batch, writer.Longs(value.Shape[2].Size, value.Shape[3].Size)], node => node.Set("axis", 0L));
        writer.Define(value, "Resize", [input, "", "", sizes], node =>
        {
            node.Set("mode", "linear");
            node.Set("coordinate_transformation_mode", "half_pixel");
        });
    }

    // ReduceSum takes its axes as an input since opset 13, the others as an attribute until 18.
    private void Reduction(OpValue value, Reduce reduce)
    {
        string[] inputs = reduce.Kind == ReduceKind.Sum ? [Input(value), writer.Longs(reduce.Axis)] : [Input(value)];
        writer.Define(value, reduce.Name, inputs, node =>
        {
            node.Set("keepdims", reduce.Keep ? 1L : 0L);
            if (reduce.Kind != ReduceKind.Sum)
                node.Set("axes", [reduce.Axis]);
        });
    }

    private void TopK(OpValue value, TopKIndices top)
    {
        string input = writer.Name(value.Inputs[0], writer.Precision.Of(value.Inputs[0]));
        writer.Define(value, "TopK", [input, writer.Longs(top.K)], node =>
        {
            node.Output.Insert(0, node.Output[0] + "_values");
            node.Set("axis", -1L);
            node.Set("largest", 1L);
            node.Set("sorted", 1L);
        });
    }

    private void RowsPerImage(OpValue value)
    {
        string indices = writer.Helper("Unsqueeze", [writer.Name(value.Inputs[1], DType.Int64), writer.Longs(2)]);
        writer.Define(value, "GatherND", [Input(value), indices], node => node.Set("batch_dims", 1L));
    }

    // A fixed shape is a constant; a multiple of the batch is read off the network's input when it runs.
    private string Sizes(Shape target)
    {
        if (target.IsFixed)
            return writer.Longs([.. target.Select(d => (long)d.Size)]);
        return writer.Helper(
            "Concat", [.. target.Select(d => d.PerBatch ? BatchMultiple(d.Factor) : writer.Longs(d.Factor))],
            node => node.Set("axis", 0L));
    }

    private string BatchMultiple(int factor)
    {
        if (_batchMultiples.TryGetValue(factor, out string? known))
            return known;
        string name = factor == 1
            ? writer.Helper("Shape", [writer.FirstInput], node =>
            {
                node.Set("start", 0L);
                node.Set("end", 1L);
            })
            : writer.Helper("Mul", [BatchMultiple(1), writer.Longs(factor)]);
        return _batchMultiples[factor] = name;
    }
}
