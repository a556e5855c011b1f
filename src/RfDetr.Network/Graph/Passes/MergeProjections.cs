using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// Linear layers over the same input that feed one attention become one product with stacked weights, cut up afterwards:
/// queries, keys and values in the encoder, queries and keys in the decoder.
/// </summary>
internal sealed class MergeProjections : GraphPass
{
    private readonly Dictionary<OpValue, OpValue[]> _groups = new(ReferenceEqualityComparer.Instance);

    /// <inheritdoc/>
    protected override void Prepare(NetworkGraph graph)
    {
        _groups.Clear();
        foreach (OpValue attention in graph.Order.Where(v => v.Op is Attention))
        {
            foreach (
                IGrouping<Value, OpValue> group in attention.Inputs.Select(Projection)
                    .OfType<OpValue>().Distinct().GroupBy(v => v.Inputs[0]))
            {
                OpValue[] members = [.. group];
                if (members.Length > 1)
                    Array.ForEach(members, member => _groups[member] = members);
            }
        }
    }

    /// <inheritdoc/>
    protected override Tensor? Rewrite(OpValue value, Tensor[] inputs)
    {
        if (!_groups.TryGetValue(value, out OpValue[]? members))
            return null;
        Tensor weight = members.Select(m => Now(m.Inputs[1])).ToArray().Concat(0),
        bias = members.Select(m => Now(m.Inputs[2])).ToArray().Concat(0);
        int start = members.TakeWhile(m => m != value).Sum(m => m.Shape[-1].Size);
        return inputs[0].Linear(weight, bias).Slice(-1, start, value.Shape[-1].Size); // recorded once, whichever member asks
    }

    // A biased linear layer with constant weights, perhaps behind a reshape.
    private static OpValue? Projection(Value value) => value switch
    {
        OpValue { Op: Reshape } reshape => Projection(reshape.Inputs[0]),
        OpValue { Op: Linear, Inputs: [_, ConstantValue, ConstantValue] } linear => linear,
        _ => null,
    };
}
