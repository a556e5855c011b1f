using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>
/// Precision that each operation computes in. In float16: products, convolutions and what only moves or adds their results. In
/// float32 always: sums that overflow in half (layer norm, softmax) and everything that places boxes and sampling points, where
/// half would cost pixels.
/// </summary>
internal sealed class PrecisionPlan
{
    private readonly Dictionary<Value, DType> _types = new(ReferenceEqualityComparer.Instance);

    public PrecisionPlan(NetworkGraph graph, ExportPrecision precision)
    {
        foreach (OpValue value in graph.Order)
            _types[value] = value.Type.DType == DType.Float32 ? Choose(value, precision) : value.Type.DType;
    }

    /// <summary>Element type of a value as it is computed; inputs and constants are float32.</summary>
    public DType Of(Value value) => _types.GetValueOrDefault(value, value.Type.DType);

    private DType Choose(OpValue value, ExportPrecision precision)
    {
        if (precision != ExportPrecision.Float16)
            return DType.Float32;
        return value.Op switch
        {
            MatMul or NchwConv or Attention or PackedAttention => DType.Float16,
            LayerNorm or Softmax or Take or GridSample or Reduce { Kind: not ReduceKind.Max } => DType.Float32,
            Unary { Kind: UnaryKind.Exp or UnaryKind.Sin or UnaryKind.Cos } => DType.Float32,
            _ => value.Inputs.Any(i => i is not ConstantValue && Of(i) == DType.Float32) ? DType.Float32 : DType.Float16,
        };
    }
}
