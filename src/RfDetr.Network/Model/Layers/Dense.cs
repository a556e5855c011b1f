using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Linear layer with bias: names <c>weight [out, in]</c>, <c>bias [out]</c>.</summary>
internal sealed class Dense(Weights w, int inputs, int outputs)
{
    private readonly Tensor _weight = w.Get("weight", outputs, inputs);
    private readonly Tensor _bias = w.Get("bias", outputs);

    public Tensor Forward(Tensor x) => x.Linear(_weight, _bias); // [..., in] → [..., out]
}

/// <summary>Linear layers with ReLU between them: names <c>layers.{i}</c>.</summary>
internal sealed class Mlp(Weights w, params int[] widths)
{
    private readonly Dense[] _layers =
    [
        .. Enumerable.Range(0, widths.Length - 1).Select(i => new Dense(w / "layers" / i, widths[i], widths[i + 1]))
    ];

    public Tensor Forward(Tensor x) =>
        // [..., first] → [..., last]
        _layers.Skip(1).Aggregate(_layers[0].Forward(x), (hidden, layer) => layer.Forward(hidden.Relu()));
}
