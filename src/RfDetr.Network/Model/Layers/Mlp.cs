using RfDetr.Tensors;

namespace RfDetr.Model;

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
