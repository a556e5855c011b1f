using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>
/// ONNX Runtime's Attention: projections and attention in one operator. x <c>[B, N, D]</c>, weights <c>[D, 3D]</c> (queries,
/// keys, values side by side), bias <c>[3D]</c> → <c>[B, N, D]</c>.
/// </summary>
internal sealed record PackedAttention(int Heads) : Op
{
    public override TensorType Infer(ReadOnlySpan<TensorType> inputs)
    {
        Require(
            inputs.Length == 3
                && inputs[0].Shape.Rank == 3 && inputs[1].Shape.Equals([inputs[0].Shape[2], inputs[0].Shape[2] * 3]),
            "takes x [B, N, D], weights [D, 3D] and a bias [3D]", inputs);
        return inputs[0];
    }
}

/// <summary>Joins an attention with the three projections of one input in front of it.</summary>
/// <param name="stays">Weights whose projections stay apart, by name.</param>
internal sealed class PackAttention(Func<string, bool>? stays = null) : GraphPass
{
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (value.Op is not Attention attention)
            return null;
        var weights = new Tensor[3];
        var biases = new Tensor[3];
        Value? source = null;
        for (int i = 0; i < 3; i++)
        {
            if (
                !Is(inputs[i], out Linear _, out IReadOnlyList<Value> parts)
                    || parts.Count != 3 || (source ??= parts[0]) != parts[0])
                return null;
            if (stays is not null && ((parts[1] as ConstantValue)?.Sources.Any(stays) ?? true))
                return null;
            (weights[i], biases[i]) = (Target.Wrap(parts[1]), Target.Wrap(parts[2]));
            if (!weights[i].Shape.Equals([value.Shape[2], value.Shape[2]]))
                return null;
        }

        return Target.Apply(
            new PackedAttention(attention.Heads), Target.Wrap(source!), weights.Concat(0).Permute(1, 0), biases.Concat(0));
    }
}
