using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>What one decoder layer (or the two-stage step) predicts.</summary>
/// <param name="Logits">Class logits [B, Q, C], before the sigmoid.</param>
/// <param name="Boxes">[B, Q, (cx, cy, w, h)] relative to the image; not clamped.</param>
/// <param name="Masks">Mask factors, for segmentation.</param>
public sealed record LayerOutput(Tensor Logits, Tensor Boxes, MaskFactors? Masks);

/// <summary>What a forward pass gives.</summary>
/// <param name="Layers">The asked-for decoder layers; the last is the network's result.</param>
/// <param name="TwoStage">The two-stage step's own prediction, if asked for.</param>
public sealed record NetworkOutput(IReadOnlyList<LayerOutput> Layers, LayerOutput? TwoStage)
{
    /// <summary>The result: the last decoder layer's prediction.</summary>
    public LayerOutput Result => Layers[^1];
}

/// <summary>How inference and training differ, as data.</summary>
public sealed record ForwardRequest
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
