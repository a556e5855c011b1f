using RfDetr.Tensors;

namespace RfDetr.Training;

/// <summary>
/// Follows a forward pass by shapes and adds up what a backward pass would find kept: the result of every operation that makes
/// new numbers, and what the fused ones keep inside. Views of other values cost nothing.
/// </summary>
/// <param name="recomputeSegments">
/// True if segments keep their inputs only and are computed a second time (gradient checkpointing).
/// </param>
internal sealed class ActivationCounter(bool recomputeSegments) : Backend
{
    private long _bytes, _largestSegment, _largestScores;

    /// <summary>
    /// Bytes of float32 values that a backward pass finds or makes at its fullest: all that was kept, the largest segment
    /// computed again, and the two gradients of the largest attention's scores (before and after the softmax).
    /// </summary>
    public long Bytes => _bytes + _largestSegment + 2 * _largestScores;

    /// <summary>A value of a given type, as the network's input is one.</summary>
    public Tensor Input(TensorType type) => new Counted(this, type);

    /// <inheritdoc/>
    public override Tensor Parameter(string name, HostTensor data) => Constant(data);

    /// <inheritdoc/>
    public override Tensor Constant(HostTensor data) =>
        new Counted(this, new(data.DType.IsFloat() ? DType.Float32 : data.DType, Shape.Of(data.Shape)));

    /// <inheritdoc/>
    public override bool Supports(DerivedOp op) => true;

    /// <inheritdoc/>
    public override Tensor Segment(Func<Tensor[], Tensor> body, params Tensor[] inputs)
    {
        if (!recomputeSegments)
            return body(inputs);
        long before = _bytes;
        Tensor result = body(inputs);
        _largestSegment = Math.Max(_largestSegment, _bytes - before);
        _bytes = before + BytesOf(result.Type);
        return result;
    }

    /// <inheritdoc/>
    protected override Tensor Execute(Op op, ReadOnlySpan<Tensor> inputs, TensorType result)
    {
        long scores = op is Attention attention ? Scores(attention, inputs) : 0;
        _largestScores = Math.Max(_largestScores, scores);
        _bytes += op switch
        {
            Reshape or Slice or BroadcastTo or Permute => 0,
            Attention => 4 * BytesOf(result) + scores,
            DeformableSampling sampling =>
                BytesOf(result) * (1 + sampling.Points * (sampling.LevelSizes.Count / 2)) + 2 * BytesOf(inputs[1].Type),
            _ => BytesOf(result),
        };
        return new Counted(this, result);
    }

    // The softmax of every head: [B, heads, N, M].
    private static long Scores(Attention attention, ReadOnlySpan<Tensor> inputs) =>
        4L * inputs[0].Shape[0].Size * attention.Heads * inputs[0].Shape[1].Size * inputs[1].Shape[1].Size;

    private static long BytesOf(TensorType type) => (long)type.Shape.Elements.Size * type.DType.SizeInBytes();

    private sealed class Counted(ActivationCounter backend, TensorType type) : Tensor(backend, type);
}
