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
