using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Brings the encoder's maps to one level's scale, joins them and mixes them down to the decoder's width.</summary>
/// <remarks>
/// Checkpoint names: <c>stages_sampling.{l}.{j}.0</c> (P3, P5), <c>stages.{l}.0</c> (C2f), <c>stages.{l}.1</c> (norm).
/// </remarks>
internal sealed class LevelProjector
{
    private readonly Func<Tensor, Tensor>[] _samplers;
    private readonly C2f _mix;
    private readonly Norm _norm;

    public LevelProjector(Weights w, ModelConfig c, int index)
    {
        int maps = c.OutFeatureIndexes.Count, level = c.ProjectorLevels[index];
        _samplers =
        [
            .. Enumerable.Range(0, maps).Select(j => Sampler(w / "stages_sampling" / index / j / "0", c.EncoderWidth, level))
        ];
        _mix = new C2f(w / "stages" / index / "0", maps * (level == 3 ? c.EncoderWidth / 2 : c.EncoderWidth), c.HiddenDim);
        _norm = new Norm(w / "stages" / index / "1", c.HiddenDim, Norm.EncoderEpsilon);
    }

    /// <summary>Maps [B, h, v, D] → [B, h·s, v·s, d] with s = 2, 1 or ½ for P3, P4, P5.</summary>
    public Tensor Forward(IReadOnlyList<Tensor> maps) =>
        _norm.Forward(_mix.Forward(maps.Select((map, j) => _samplers[j](map)).ToArray().Concat(3)));

    private static Func<Tensor, Tensor> Sampler(Weights w, int width, int level) => level switch
    {
        3 => Upsample(w, width),
        4 => map => map,
        5 => new ConvX(w, width, width, kernel: 3, Activation.Relu, stride: 2).Forward,
        _ => throw new ArgumentException($"projector level P{level} is not one of P3, P4, P5", nameof(level)),
    };

    private static Func<Tensor, Tensor> Upsample(Weights w, int width)
    {
        Tensor weight = w.Get("weight", width, width / 2, 2, 2), bias = w.Get("bias", width / 2);
        return map => map.Backend.Apply(new UpsampleConv2x2(), map, weight, bias);
    }
}

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
