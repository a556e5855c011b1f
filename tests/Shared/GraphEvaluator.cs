using RfDetr.Graph;
using RfDetr.Tensors;

namespace RfDetr.Tests;

/// <summary>Runs a recorded graph on the host back end, one operation after another.</summary>
internal static class GraphEvaluator
{
    /// <summary>Outputs and taps by name.</summary>
    public static Dictionary<string, HostTensor> Run(NetworkGraph graph, IReadOnlyDictionary<string, HostTensor> inputs)
    {
        var host = new HostBackend();
        var known = new Dictionary<Value, Tensor>(ReferenceEqualityComparer.Instance);
        int batch = graph.Inputs.Where(i => !i.Shape.IsFixed).Select(i => inputs[i.Name].Shape[0]).FirstOrDefault(1);
        foreach (InputValue input in graph.Inputs)
        {
            inputs[input.Name].Shape.ShouldBe(input.Shape.At(batch), $"shape of input {input.Name}");
            known[input] = host.Constant(inputs[input.Name]);
        }

        foreach (OpValue value in graph.Order)
        {
            Tensor result = host.Apply(Bind(value.Op, batch), [.. value.Inputs.Select(Known)]);
            result.Shape.Sizes().ShouldBe(value.Shape.At(batch), $"{value} has another shape when it runs");
            known[value] = result;
        }

        return graph.Outputs.Concat(graph.Taps).ToDictionary(o => o.Name, o => HostBackend.Read(Known(o.Value)));

        Tensor Known(Value value) =>
            known.TryGetValue(value, out Tensor? tensor) ? tensor : known[value] = host.Constant(((ConstantValue)value).Data);
    }

    // Targets that depend on the batch become fixed ones.
    private static Op Bind(Op op, int batch) => op switch
    {
        Reshape reshape => new Reshape(Shape.Of(reshape.Target.At(batch))),
        BroadcastTo broadcast => new BroadcastTo(Shape.Of(broadcast.Target.At(batch))),
        _ => op,
    };
}
