using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>Predictions of one decoder layer (or the two-stage step).</summary>
/// <param name="Logits">Class logits [B, Q, C], before the sigmoid.</param>
/// <param name="Boxes">[B, Q, (cx, cy, w, h)] relative to the image; not clamped.</param>
/// <param name="Masks">Mask factors, for segmentation.</param>
internal sealed record LayerOutput(Tensor Logits, Tensor Boxes, MaskFactors? Masks);

/// <summary>Result of a forward pass.</summary>
/// <param name="Layers">The asked-for decoder layers; the last is the network's result.</param>
/// <param name="TwoStage">The two-stage step's own prediction, if asked for.</param>
internal sealed record NetworkOutput(IReadOnlyList<LayerOutput> Layers, LayerOutput? TwoStage)
{
    /// <summary>The result: the last decoder layer's prediction.</summary>
    public LayerOutput Result => Layers[^1];
}

/// <summary>One output of inference: its name in rf-detr's own export, its sizes per image, and the value of a layer.</summary>
/// <param name="Name">E.g. <c>dets</c>.</param>
/// <param name="Shape">Without the batch: [Q, …].</param>
/// <param name="Of">Picks it from a layer's predictions.</param>
internal sealed record InferenceOutput(string Name, IReadOnlyList<int> Shape, Func<LayerOutput, Tensor> Of)
{
    /// <summary>The outputs of a network for images of a size. A further head has a further line.</summary>
    /// <param name="c">The network.</param>
    /// <param name="height">Input height in pixels.</param>
    /// <param name="width">Input width in pixels.</param>
    public static IReadOnlyList<InferenceOutput> All(ModelConfig c, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(c);
        var outputs = new List<InferenceOutput>
        {
            new("dets", [c.NumQueries, 4], static layer => layer.Boxes),
            new("labels", [c.NumQueries, c.ClassLogits], static layer => layer.Logits),
        };
        if (c.SegmentationHead)
        {
            int ratio = c.MaskDownsampleRatio;
            outputs.Add(new("masks", [c.NumQueries, height / ratio, width / ratio], static layer => layer.Masks!.Logits()));
        }

        return outputs;
    }
}

/// <summary>Differences between inference and training, as data.</summary>
internal sealed record ForwardRequest
{
    /// <summary>The last layer of the first query group: inference.</summary>
    public static ForwardRequest Inference { get; } = new();

    /// <summary>Query groups to run (training: all 13).</summary>
    public int Groups { get; init; } = 1;

    /// <summary>True for the predictions of every decoder layer.</summary>
    public bool EveryLayer { get; init; }

    /// <summary>True for the two-stage step's own predictions.</summary>
    public bool TwoStage { get; init; }

    /// <summary>The two-stage masks' later rule (rf-detr 1.9.3 on); false follows 1.4.1.</summary>
    public bool ProjectTwoStageMasks { get; init; } = true;
}
