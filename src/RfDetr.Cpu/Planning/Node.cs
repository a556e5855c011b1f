using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Cpu;

/// <summary>A value of the network while plans are made from it.</summary>
internal sealed class Node(Op? op, Node[] inputs, TensorType type)
{
    public Op? Op { get; } = op;

    public Node[] Inputs { get; } = inputs;

    public TensorType Type { get; } = type;

    /// <summary>Set for inputs of the network.</summary>
    public string? InputName { get; init; }

    /// <summary>Set for constants.</summary>
    public Constant? Constant { get; init; }

    /// <summary>Operations and outputs that read it.</summary>
    public int Uses { get; set; }

    public bool IsUsedOnce => Uses == 1;

    public Shape Shape => Type.Shape;

    public int LastSize => Shape[-1].Size;
}

/// <summary>A network's values in an order in which each comes after its inputs.</summary>
/// <param name="Inputs">Inputs, which the caller provides.</param>
/// <param name="Order">Operations.</param>
/// <param name="Outputs">Outputs that the caller gets: outputs, then stages kept for comparison.</param>
internal sealed record NodeGraph(
    IReadOnlyList<Node> Inputs, IReadOnlyList<Node> Order, IReadOnlyList<(string Name, Node Node)> Outputs)
{
    public static NodeGraph From(NetworkGraph graph)
    {
        var nodes = new Dictionary<Value, Node>(ReferenceEqualityComparer.Instance);
        Node[] inputs = [.. graph.Inputs.Select(i => nodes[i] = new(null, [], i.Type) { InputName = i.Name })];
        var order = new List<Node>();
        foreach (OpValue value in graph.Order)
        {
            Node node = nodes[value] = new(value.Op, [.. value.Inputs.Select(Of)], value.Type);
            order.Add(node);
            foreach (Node input in node.Inputs)
                input.Uses++;
        }

        (string, Node)[] outputs = [.. graph.Outputs.Concat(graph.Taps).Select(o => (o.Name, Of(o.Value)))];
        foreach ((_, Node node) in outputs)
            node.Uses++;
        return new(inputs, order, outputs);

        Node Of(Value value)
        {
            if (!nodes.TryGetValue(value, out Node? node))
                nodes[value] = node = new(null, [], value.Type)
                {
                    Constant = new Constant(((ConstantValue)value).Data, ((ConstantValue)value).Sources)
                };
            return node;
        }
    }
}
