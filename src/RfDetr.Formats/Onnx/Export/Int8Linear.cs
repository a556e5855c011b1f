using System.Runtime.InteropServices;
using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>
/// A linear layer by 8-bit weights; its input becomes 8-bit integers when it runs. x <c>[..., in]</c>, codes <c>[in, out]</c>,
/// scales <c>[out]</c>, zero points <c>[out]</c> of unsigned codes only, perhaps a bias <c>[out]</c> → <c>[..., out]</c>.
/// </summary>
/// <param name="Form">Form of the codes.</param>
internal sealed record Int8Linear(Int8WeightForm Form) : Op
{
    public DType CodeType => Form == Int8WeightForm.Unsigned ? DType.UInt8 : DType.Int8;

    /// <summary>Index of the zero points among the inputs; null for signed codes, which are centered on 0.</summary>
    public int? ZeroInput => Form == Int8WeightForm.Unsigned ? 3 : null;

    public int BiasInput => Form == Int8WeightForm.Unsigned ? 4 : 3;

    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        bool fits = (inputs.Length == BiasInput || inputs.Length == BiasInput + 1) &&
            inputs[0].Shape.Rank >= 2 && inputs[1].Shape.Rank == 2 && inputs[0].Shape[-1] == inputs[1].Shape[0];
        Require(fits, "takes x [..., in], codes [in, out], scales, zero points of unsigned codes and perhaps a bias", inputs);
        return inputs[0] with { Shape = inputs[0].Shape.With(-1, inputs[1].Shape[1]) };
    }
}

/// <summary>The codes of one matrix of weights.</summary>
internal static class Int8Codes
{
    /// <summary>The code 0 in unsigned bytes.</summary>
    public const byte UnsignedZero = 128;

    /// <summary>
    /// Largest sum of two neighboring signed codes. Without VNNI, ONNX Runtime multiplies on AVX2 with <c>vpmaddubsw</c>:
    /// products of unsigned activations (at most 255) and signed weights, added in pairs of inputs 2i and 2i + 1, in 16 bits that
    /// saturate. 128 · 255 = 32640 fits, 129 · 255 = 32895 does not.
    /// </summary>
    public const int LargestPair = 128;

    /// <summary>Makes signed codes of a row (an output's weights) that are exact on every processor.</summary>
    /// <param name="row">Weights of one output.</param>
    /// <param name="codes">Receives −127..127, the sum of codes 2i and 2i + 1 within ±<see cref="LargestPair"/>.</param>
    /// <returns>The distance of the codes.</returns>
    /// <remarks>
    /// A whole bit less (−64..64) would be exact as well. The sum of two weights is seldom twice the largest one, so that a row
    /// keeps more: for normally distributed weights about 98 of the 127 codes. A row whose 8-bit codes fit keeps them.
    /// </remarks>
    public static float Signed(ReadOnlySpan<float> row, Span<sbyte> codes)
    {
        float pair = 0;
        for (int i = 0; i + 1 < row.Length; i += 2)
            pair = MathF.Max(pair, MathF.Abs(row[i] + row[i + 1]));
        float scale = Int8Rows.Scale(row);
        // A row that its 8-bit codes nearly fill may exceed the limit by rounding alone; that is settled code by code.
        if (float.IsFinite(pair) && pair > scale * (LargestPair + 0.5f))
            scale = pair / LargestPair;
        for (int i = 0; i < row.Length; i++)
            codes[i] = Int8Rows.Code(row[i], scale);
        for (int i = 0; i + 1 < row.Length; i += 2)
        {
            int excess = Math.Abs(codes[i] + codes[i + 1]) - LargestPair;
            if (excess <= 0)
                continue;
            int larger = Math.Abs((int)codes[i]) >= Math.Abs((int)codes[i + 1]) ? i : i + 1;
            codes[larger] -= (sbyte)(Math.Sign(codes[larger]) * excess);
        }

        return scale;
    }

    /// <summary>Makes unsigned codes of a row: −127..127 as 1..255.</summary>
    /// <returns>The distance of the codes.</returns>
    public static float Unsigned(ReadOnlySpan<float> row, Span<byte> codes)
    {
        float scale = Int8Rows.Scale(row);
        for (int i = 0; i < row.Length; i++)
            codes[i] = (byte)(Int8Rows.Code(row[i], scale) + UnsignedZero);
        return scale;
    }
}

/// <summary>Linear layers whose weights were folded from a chosen one become products of 8-bit integers.</summary>
internal sealed class Int8Linears(Func<string, bool> isInt8, Int8WeightForm form) : GraphPass
{
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (value.Op is not Linear || !IsConstant(inputs[1]) || GraphBackend.ValueOf(inputs[1]) is not ConstantValue weights)
            return null;
        if (!weights.Sources.Any(isInt8))
            return null;
        (HostTensor codes, HostTensor scales) = Encode(weights.Data);
        List<Tensor> now = [inputs[0], Target.Constant(codes, weights.Sources), Target.Constant(scales)];
        if (form == Int8WeightForm.Unsigned)
        {
            byte[] zeros = new byte[scales.Shape[0]];
            Array.Fill(zeros, Int8Codes.UnsignedZero);
            now.Add(Target.Constant(new HostTensor(DType.UInt8, [zeros.Length], zeros)));
        }

        return Target.Apply(new Int8Linear(form), [.. now, .. inputs[2..]]);
    }

    // Rows are outputs [out, in] in a checkpoint; ONNX multiplies by [in, out].
    private (HostTensor Codes, HostTensor Scales) Encode(HostTensor weights)
    {
        float[] values = weights.ToSingles();
        (int outputs, int length) = (weights.Shape[0], weights.Shape[1]);
        var scales = new float[outputs];
        byte[] row = new byte[length], codes = new byte[values.Length];
        for (int o = 0; o < outputs; o++)
        {
            ReadOnlySpan<float> from = values.AsSpan(o * length, length);
            scales[o] = form == Int8WeightForm.Unsigned ? Int8Codes.Unsigned(from, row)
                : Int8Codes.Signed(from, MemoryMarshal.Cast<byte, sbyte>(row.AsSpan()));
            for (int i = 0; i < length; i++)
                codes[i * outputs + o] = row[i];
        }

        DType type = form == Int8WeightForm.Unsigned ? DType.UInt8 : DType.Int8;
        return (new HostTensor(type, [length, outputs], codes), HostTensor.Of(scales, outputs));
    }
}

/// <summary>Writes products of 8-bit integers with ONNX's operators, or with ONNX Runtime's.</summary>
internal sealed class Int8Emitter(NodeWriter writer, bool contrib)
{
    private readonly Dictionary<string, string> _codes = [];

    public void Emit(OpValue value, Int8Linear op)
    {
        string x = writer.Name(value.Inputs[0], DType.Float32), codes = writer.Name(value.Inputs[1], op.CodeType);
        string scales = writer.Name(value.Inputs[2], DType.Float32);
        string? zeros = op.ZeroInput is { } at ? writer.Name(value.Inputs[at], op.CodeType) : null;
        string? bias = value.Inputs.Count > op.BiasInput ? writer.Name(value.Inputs[op.BiasInput], DType.Float32) : null;
        if (contrib)
        {
            // An empty name leaves an optional input out; at the end it is not written at all.
            string[] inputs = bias is not null ? [x, codes, scales, zeros ?? "", bias]
                : zeros is not null ? [x, codes, scales, zeros] : [x, codes, scales];
            writer.Define(value, "DynamicQuantizeMatMul", inputs, domain: OpEmitter.ContribDomain);
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

        string zero = quantized + "_zero";
        string[] factors = zeros is null ? [quantized, codes, zero] : [quantized, codes, zero, zeros];
        string sums = writer.Helper("MatMulInteger", factors);
        string numbers = writer.Helper("Cast", [sums], node => node.Set("to", (long)Proto.TensorProto.Types.DataType.Float));
        string steps = writer.Helper("Mul", [quantized + "_scale", scales]);
        if (bias is null)
            writer.Define(value, "Mul", [numbers, steps]);
        else
            writer.Define(value, "Add", [writer.Helper("Mul", [numbers, steps]), bias]);
    }
}
