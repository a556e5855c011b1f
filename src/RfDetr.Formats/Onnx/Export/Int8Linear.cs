using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>
/// A linear layer by 8-bit weights; its input becomes 8-bit integers when it runs. x <c>[..., in]</c>, codes <c>[in, out]</c>, scales
/// <c>[out]</c>, zero points <c>[out]</c>, perhaps a bias <c>[out]</c> → <c>[..., out]</c>.
/// </summary>
internal sealed record Int8Linear : Op
{
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(inputs.Length is 4 or 5 && inputs[0].Shape.Rank >= 2 && inputs[1].Shape.Rank == 2 && inputs[0].Shape[-1] == inputs[1].Shape[0], "takes x [..., in], codes [in, out], scales, zero points and perhaps a bias", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(-1, inputs[1].Shape[1]) };
    }
}

/// <summary>Linear layers whose weights were folded from a chosen one become products of 8-bit integers.</summary>
/// <remarks>
/// Codes are stored as unsigned bytes around 128: ONNX Runtime's kernel for signed ones clips sums at 16 bits on processors with AVX2 only,
/// the one for unsigned ones is exact everywhere.
/// </remarks>
internal sealed class Int8Linears(Func<string, bool> isInt8) : GraphPass
{
    private const byte Zero = 128;

    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (value.Op is not Linear || !IsConstant(inputs[1]) || GraphBackend.ValueOf(inputs[1]) is not ConstantValue weights || !weights.Sources.Any(isInt8))
            return null;
        float[] values = weights.Data.ToSingles();
        (int rows, int terms) = (weights.Data.Shape[0], weights.Data.Shape[1]);
        float[] scales = [.. Enumerable.Range(0, rows).Select(r => Int8Rows.Scale(values.AsSpan(r * terms, terms)))];
        byte[] codes = new byte[values.Length], zeros = new byte[rows];
        Array.Fill(zeros, Zero);
        for (int i = 0; i < values.Length; i++)
            codes[i % terms * rows + i / terms] = (byte)(Int8Rows.Code(values[i], scales[i / terms]) + Zero);
        Tensor[] now =
        [
            inputs[0], Target.Constant(new HostTensor(DType.UInt8, [terms, rows], codes), weights.Sources),
            Target.Constant(HostTensor.Of(scales, rows)), Target.Constant(new HostTensor(DType.UInt8, [rows], zeros)), .. inputs[2..],
        ];
        return Target.Apply(new Int8Linear(), now);
    }
}

/// <summary>Says products of 8-bit integers in ONNX's words, or in ONNX Runtime's.</summary>
internal sealed class Int8Emitter(NodeWriter writer, bool contrib)
{
    private readonly Dictionary<string, string> _codes = [];

    public void Emit(OpValue value)
    {
        string x = writer.Name(value.Inputs[0], DType.Float32), codes = writer.Name(value.Inputs[1], DType.UInt8), scales = writer.Name(value.Inputs[2], DType.Float32),
            zeros = writer.Name(value.Inputs[3], DType.UInt8);
        string? bias = value.Inputs.Count == 5 ? writer.Name(value.Inputs[4], DType.Float32) : null;
        if (contrib)
        {
            writer.Define(value, "DynamicQuantizeMatMul", bias is null ? [x, codes, scales, zeros] : [x, codes, scales, zeros, bias], domain: OpEmitter.ContribDomain);
            return;
        }

        // Once for all products of one input.
        if (!_codes.TryGetValue(x, out string? quantized))
        {
            _codes[x] = quantized = writer.Helper("DynamicQuantizeLinear", [x], node =>
            {
                node.Output.Add(node.Output[0] + "_scale");
                node.Output.Add(node.Output[0] + "_zero");
            });
        }

        string sums = writer.Helper("MatMulInteger", [quantized, codes, quantized + "_zero", zeros]);
        string numbers = writer.Helper("Cast", [sums], node => node.Set("to", (long)Proto.TensorProto.Types.DataType.Float));
        string steps = writer.Helper("Mul", [quantized + "_scale", scales]);
        if (bias is null)
            writer.Define(value, "Mul", [numbers, steps]);
        else
            writer.Define(value, "Add", [writer.Helper("Mul", [numbers, steps]), bias]);
    }
}
