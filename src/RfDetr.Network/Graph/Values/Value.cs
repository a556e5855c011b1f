using RfDetr.Tensors;

namespace RfDetr.Graph;

/// <summary>
/// A value of a recorded network: an input, a constant or the result of an operation. Immutable; compared by identity.
/// </summary>
internal abstract class Value(TensorType type)
{
    /// <summary>Element type and shape.</summary>
    public TensorType Type { get; } = type;

    /// <summary>Dimensions, outermost first.</summary>
    public Shape Shape => Type.Shape;
}

/// <summary>A value that the caller provides for each run.</summary>
internal sealed class InputValue(string name, TensorType type) : Value(type)
{
    /// <summary>Name, unique among the inputs.</summary>
    public string Name { get; } = name;
}

/// <summary>A fixed tensor: a weight, or something computed from weights.</summary>
internal sealed class ConstantValue(HostTensor data, string? name, TensorType type, IReadOnlyList<string>? sources = null)
    : Value(type)
{
    /// <summary>The numbers, in the precision they were stored in.</summary>
    public HostTensor Data { get; } = data;

    /// <summary>Checkpoint name, if this is a weight as the file has it.</summary>
    public string? Name { get; } = name;

    /// <summary>Checkpoint names of the weights it was computed from; its own alone, if it has one.</summary>
    public IReadOnlyList<string> Sources { get; } = sources ?? (name is null ? [] : [name]);
}

/// <summary>The result of an operation.</summary>
internal sealed class OpValue(Op op, IReadOnlyList<Value> inputs, TensorType type) : Value(type)
{
    /// <summary>The operation and its settings.</summary>
    public Op Op { get; } = op;

    /// <summary>Inputs of the operation, in its order.</summary>
    public IReadOnlyList<Value> Inputs { get; } = inputs;

    /// <inheritdoc/>
    public override string ToString() => $"{Op.Name} → {Type}";
}
