using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>
/// DINOv2 with windows (arXiv 2304.07193; windows as in LW-DETR, 2406.03459): an image to one map per out index.
/// </summary>
internal sealed class WindowedEncoder(Weights w, ModelConfig c)
{
    private readonly Embeddings _embeddings = new(w / "embeddings", c);
    private readonly Norm _norm = new(w / "layernorm", c.EncoderWidth, Norm.EncoderEpsilon);

    // All layers of the checkpoint are loaded; those beyond the last out index do not run.
    private readonly EncoderBlock[] _blocks =
        [.. Enumerable.Range(0, c.EncoderDepth).Select(i => new EncoderBlock(w / "encoder" / "layer" / i, c, i))];

    /// <summary>[B, 3, H, W] → per out index k, the state after k layers as [B, h, v, D].</summary>
    public Tensor[] Forward(Tensor image)
    {
        Windows windows = Grid(image.Shape[2].Size, image.Shape[3].Size);
        Tensor x = _embeddings.Forward(image, windows);
        var maps = new List<Tensor>();
        for (int i = 0; i < c.OutFeatureIndexes[^1]; i++)
        {
            EncoderBlock block = _blocks[i];
            x = x.Backend.Segment(inputs => block.Forward(inputs[0], windows), x).Tap($"encoder.layer.{i}");
            if (c.OutFeatureIndexes.Contains(i + 1))
                maps.Add(Map(x, windows));
        }

        return [.. maps.Select((map, j) => map.TapChannelsFirst($"backbone.{j}"))];
    }

    private Tensor Map(Tensor x, Windows windows) =>
        windows.Join(_norm.Forward(x).Slice(1, 1, x.Shape[1].Size - 1));

    private Windows Grid(int height, int width)
    {
        if (height % c.SizeDivisor != 0 || width % c.SizeDivisor != 0 || height * width == 0)
        {
            throw new ShapeException(
                $"the input is {height}×{width} pixels; both sides must be multiples of {c.SizeDivisor} (patch size "
                    + $"{c.PatchSize} × {c.NumWindows} windows)");
        }

        return new(c.NumWindows, height / c.PatchSize, width / c.PatchSize);
    }
}
