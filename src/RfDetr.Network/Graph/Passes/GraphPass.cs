using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// A rewriting of a graph, one operation at a time from the inputs to the outputs. A pass sees each operation with its inputs
/// already rewritten and answers with a replacement, or null to keep it as it is.
/// </summary>
internal abstract class GraphPass
{
    private Dictionary<Value, int> _uses = [];
    private Dictionary<Value, Tensor> _rewritten = [];

    /// <summary>Back end on which replacements are recorded.</summary>
    protected GraphBackend Target { get; private set; } = new();

    /// <summary>Rewrites a whole graph.</summary>
    public NetworkGraph Run(NetworkGraph graph)
    {
        Target = CreateTarget();
        _uses = graph.CountUses();
        _rewritten = new(ReferenceEqualityComparer.Instance);
        Tensor[] inputs = [.. graph.Inputs.Select(i => _rewritten[i] = Target.Input(i.Name, i.Type))];
        Prepare(graph);
        foreach (OpValue value in graph.Order)
        {
            Tensor[] now = [.. value.Inputs.Select(Now)];
            _rewritten[value] = Rewrite(value, now) ?? Target.Apply(value.Op, now);
        }

        foreach (NamedValue tap in graph.Taps)
            _ = Target.Tap(tap.Name, Now(tap.Value));
        return Target.Finish(graph.Outputs.Select(o => (o.Name, Now(o.Value))), taps: _ => true);
    }

    /// <summary>The replacement of an operation, or null.</summary>
    /// <param name="value">The operation in the old graph.</param>
    /// <param name="inputs">Its inputs in the new graph.</param>
    protected abstract Tensor? Rewrite(OpValue value, Tensor[] inputs);

    /// <summary>Called before the first operation is rewritten.</summary>
    protected virtual void Prepare(NetworkGraph graph)
    {
    }

    /// <summary>Makes the back end that records the new graph.</summary>
    protected virtual GraphBackend CreateTarget() => new();

    /// <summary>The new graph's counterpart of a value of the old one whose turn has come.</summary>
    protected Tensor Now(Value value)
    {
        if (_rewritten.TryGetValue(value, out Tensor? tensor))
            return tensor;
        var constant = (ConstantValue)value;
        return _rewritten[value] = constant.Name is null
            ? Target.Constant(constant.Data, constant.Sources)
            : Target.Parameter(constant.Name, constant.Data);
    }

    /// <summary>True if nothing else reads this value of the old graph, so that it may be absorbed.</summary>
    protected bool IsUsedOnce(Value value) => _uses.GetValueOrDefault(value) == 1;

    /// <summary>
    /// The operation behind a tensor of the new graph; false if it is an input, a constant or another operation.
    /// </summary>
    protected static bool Is<T>(Tensor tensor, out T op, out IReadOnlyList<Value> inputs)
        where T : Op
    {
        if (GraphBackend.ValueOf(tensor) is OpValue { Op: T match } value)
        {
            (op, inputs) = (match, value.Inputs);
            return true;
        }

        (op, inputs) = (null!, []);
        return false;
    }

    /// <summary>True if a tensor of the new graph is constant.</summary>
    protected static bool IsConstant(Tensor tensor) => GraphBackend.ValueOf(tensor) is ConstantValue;
}
