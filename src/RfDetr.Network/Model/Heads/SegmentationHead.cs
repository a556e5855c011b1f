using RfDetr.Tensors;

namespace RfDetr.Model;

/// <summary>One block of the mask head: depthwise 3×3, norm, linear, GELU, plus the input; keeps [B, h, w, d].</summary>
/// <remarks>Checkpoint names: <c>dwconv</c>, <c>norm</c>, <c>pwconv1</c>.</remarks>
internal sealed class MaskBlock(Weights w, int width)
{
    private readonly Tensor _weight = (w / "dwconv").Get("weight", width, 1, 3, 3);
    private readonly Tensor _bias = (w / "dwconv").Get("bias", width);
    private readonly Norm _norm = new(w / "norm", width, Norm.EncoderEpsilon);
    private readonly Dense _mix = new(w / "pwconv1", width, width);

    public Tensor Forward(Tensor x) =>
        x + _mix.Forward(_norm.Forward(x.Conv2d(_weight, _bias, padding: 1, groups: width))).Gelu();
}

/// <summary>
/// Mask head: pixel features refined block by block (one per decoder layer), multiplied with projected queries.
/// </summary>
/// <remarks>
/// Checkpoint names below <c>segmentation_head</c>: <c>blocks.{i}</c>, <c>spatial_features_proj</c>, <c>query_features_block</c>,
/// <c>query_features_proj</c>, <c>bias</c>.
/// </remarks>
internal sealed class SegmentationHead
{
    private readonly ModelConfig _c;
    private readonly MaskBlock[] _blocks;
    private readonly Tensor _pixelWeight, _pixelBias, _bias;
    private readonly Norm _queryNorm;
    private readonly Dense _query1, _query2, _queryProjection;

    public SegmentationHead(Weights w, ModelConfig c)
    {
        _c = c;
        int d = c.HiddenDim;
        Weights query = w / "query_features_block", pixels = w / "spatial_features_proj";
        _blocks = [.. Enumerable.Range(0, c.DecoderLayers).Select(i => new MaskBlock(w / "blocks" / i, d))];
        (_pixelWeight, _pixelBias, _bias) = (pixels.Get("weight", d, d, 1, 1), pixels.Get("bias", d), w.Get("bias", 1));
        _queryNorm = new Norm(query / "norm_in", d, Norm.DecoderEpsilon);
        (_query1, _query2) = (new Dense(query / "layers" / 0, d, 4 * d), new Dense(query / "layers" / 2, 4 * d, d));
        _queryProjection = new Dense(w / "query_features_proj", d, d);
    }

    /// <summary>
    /// First level's map [B, h, v, d] and one state per decoder layer [B, Q, d] → masks of the layers from <c>first</c> on.
    /// </summary>
    public MaskFactors[] Forward(Tensor map, IReadOnlyList<Tensor> states, int first, int height, int width)
    {
        Tensor x = Resize(map, height, width);
        var masks = new List<MaskFactors>();
        for (int i = 0; i < _blocks.Length; i++)
        {
            x = _blocks[i].Forward(x);
            if (i >= first)
                masks.Add(new(ProjectPixels(x), ProjectQueries(states[i]), _bias));
        }

        return [.. masks];
    }

    /// <summary>Masks of the two-stage output: the blocks are skipped, and before rf-detr 1.9.3 the 1×1 projection too.</summary>
    public MaskFactors ForwardTwoStage(Tensor map, Tensor features, int height, int width, bool projectPixels)
    {
        Tensor x = Resize(map, height, width);
        return new(projectPixels ? ProjectPixels(x) : x, ProjectQueries(features), _bias);
    }

    private Tensor Resize(Tensor map, int height, int width) =>
        map.ResizeBilinear(height / _c.MaskDownsampleRatio, width / _c.MaskDownsampleRatio); // [B, H/4, W/4, d]

    private Tensor ProjectPixels(Tensor x) => x.Conv2d(_pixelWeight, _pixelBias);

    private Tensor ProjectQueries(Tensor q) =>
        _queryProjection.Forward(_query2.Forward(_query1.Forward(_queryNorm.Forward(q)).Gelu()) + q);
}
