using System.Globalization;

namespace RfDetr.Tools;

/// <summary>The named stages of a forward pass and their order.</summary>
internal static class StageNames
{
    public const string Proposals = "two_stage.boxes";

    public const string Logits = "pred_logits", Boxes = "pred_boxes", Masks = "pred_masks", FirstMasks = "pred_masks.first8";

    public const string PostScores = "post.scores", PostLabels = "post.labels", PostBoxes = "post.boxes";

    private static readonly string[] s_order =
    [
        "encoder.layer", "backbone", "projector", Proposals, "decoder.layer", "decoder.hidden", Logits, Boxes, Masks, FirstMasks,
        PostScores, PostLabels, PostBoxes,
    ];

    /// <summary>Stages that a bundle of ours holds.</summary>
    public static bool IsUsual(string stage) =>
        Rank(stage).Group is >= 0 and var group && s_order[group] is not ("encoder.layer" or "decoder.layer");

    /// <summary>Stages with one row for each query: [B, Q, …].</summary>
    public static bool HasQueryRows(string stage) =>
        stage is Proposals or "decoder.hidden" or Logits or Boxes or Masks or FirstMasks;

    /// <summary>True if the network or the selection has a stage of this kind.</summary>
    public static bool IsKnown(string stage) => Rank(stage).Group >= 0;

    /// <summary>Sorts stages as the network computes them.</summary>
    public static IEnumerable<string> InOrder(IEnumerable<string> stages) =>
        stages.OrderBy(s => Rank(s)).ThenBy(s => s, StringComparer.Ordinal);

    private static (int Group, int Index) Rank(string stage)
    {
        int exact = Array.IndexOf(s_order, stage);
        if (exact >= 0)
            return (exact, 0);
        int dot = stage.LastIndexOf('.');
        return dot > 0 && int.TryParse(stage.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? (Array.IndexOf(s_order, stage[..dot]), index)
            : (-1, 0);
    }
}
