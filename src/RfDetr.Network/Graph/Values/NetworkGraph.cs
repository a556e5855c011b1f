namespace RfDetr.Graph;

/// <summary>A value under the name by which callers find it.</summary>
/// <param name="Name">E.g. <c>dets</c>, or a stage such as <c>backbone.0</c>.</param>
/// <param name="Value">The value.</param>
internal sealed record NamedValue(string Name, Value Value);

/// <summary>A recorded network: what goes in, what comes out, and in <see cref="Order"/> everything between.</summary>
internal sealed class NetworkGraph
{
    /// <summary>Keeps the values and sorts what the outputs and taps need.</summary>
    public NetworkGraph(IReadOnlyList<InputValue> inputs, IReadOnlyList<NamedValue> outputs, IReadOnlyList<NamedValue> taps)
    {
        (Inputs, Outputs, Taps) = (inputs, outputs, taps);
        Order = Sort([.. outputs, .. taps]);
    }

    /// <summary>Inputs, which the caller provides.</summary>
    public IReadOnlyList<InputValue> Inputs { get; }

    /// <summary>Outputs, which the caller gets.</summary>
    public IReadOnlyList<NamedValue> Outputs { get; }

    /// <summary>Named stages that are wanted besides (for comparison with a reference).</summary>
    public IReadOnlyList<NamedValue> Taps { get; }

    /// <summary>Operations in an order in which each comes after its inputs; what nothing needs is not among them.</summary>
    public IReadOnlyList<OpValue> Order { get; }

    /// <summary>Number of operations and outputs that read each value.</summary>
    public Dictionary<Value, int> CountUses()
    {
        var uses = new Dictionary<Value, int>(ReferenceEqualityComparer.Instance);
        foreach (Value value in Order.SelectMany(op => op.Inputs).Concat(Outputs.Concat(Taps).Select(o => o.Value)))
            uses[value] = uses.GetValueOrDefault(value) + 1;
        return uses;
    }

    // Depth first with a stack of its own: networks are deeper than the call stack is safe for.
    private static List<OpValue> Sort(IEnumerable<NamedValue> roots)
    {
        var order = new List<OpValue>();
        var seen = new HashSet<Value>(ReferenceEqualityComparer.Instance);
        var stack = new Stack<(Value Value, bool Done)>(roots.Reverse().Select(r => (r.Value, false)));
        while (stack.TryPop(out (Value Value, bool Done) top))
        {
            if (top.Value is not OpValue op)
                continue;
            if (top.Done)
            {
                order.Add(op);
                continue;
            }

            if (!seen.Add(op))
                continue;
            stack.Push((op, true));
            for (int i = op.Inputs.Count - 1; i >= 0; i--)
                stack.Push((op.Inputs[i], false));
        }

        return order;
    }
}
