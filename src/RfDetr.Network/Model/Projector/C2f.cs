using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Cross-stage block with two convolutions and chained bottlenecks (YOLOv8's C2f), channels last.</summary>
/// <remarks>Checkpoint names: <c>cv1</c>, <c>cv2</c>, <c>m.{i}.cv1|cv2</c>.</remarks>
internal sealed class C2f(Weights w, int inputs, int outputs)
{
    private const int Bottlenecks = 3;
    private readonly int _half = outputs / 2;
    private readonly ConvX _first = new(w / "cv1", inputs, outputs, kernel: 1, Activation.Silu);
    private readonly ConvX _last = new(w / "cv2", (2 + Bottlenecks) * (outputs / 2), outputs, kernel: 1, Activation.Silu);
    private readonly ConvX[] _chain = [.. Enumerable.Range(0, 2 * Bottlenecks)
        .Select(i =>
            new ConvX(w / "m" / (i / 2) / (i % 2 == 0 ? "cv1" : "cv2"), outputs / 2, outputs / 2, kernel: 3, Activation.Silu))];

    public Tensor Forward(Tensor x)
    {
        Tensor split = _first.Forward(x);                                                  // [B, h, v, 2c]
        var pieces = new List<Tensor> { split.Slice(3, 0, _half), split.Slice(3, _half, _half) };
        for (int i = 0; i < Bottlenecks; i++)
            pieces.Add(_chain[2 * i + 1].Forward(_chain[2 * i].Forward(pieces[^1])));
        return _last.Forward(pieces.Concat(3));                                            // [B, h, v, 5c] → [B, h, v, d]
    }
}
