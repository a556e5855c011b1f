using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Linear layer with bias: names <c>weight [out, in]</c>, <c>bias [out]</c>.</summary>
internal sealed class Dense(Weights w, int inputs, int outputs)
{
    private readonly Tensor _weight = w.Get("weight", outputs, inputs);
    private readonly Tensor _bias = w.Get("bias", outputs);

    public Tensor Forward(Tensor x) => x.Linear(_weight, _bias); // [..., in] → [..., out]
}
