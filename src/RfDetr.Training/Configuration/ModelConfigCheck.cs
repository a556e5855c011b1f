using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>Check that a network's numbers fit each other, before any tensor is made.</summary>
internal static class ModelConfigCheck
{
    /// <exception cref="ArgumentException">They do not; all contradictions are listed.</exception>
    public static void Require(ModelConfig c)
    {
        var wrong = new List<string>();
        void Check(bool good, string mistake)
        {
            if (!good)
                wrong.Add(mistake);
        }

        Check(c.EncoderWidth % 64 == 0, $"encoder_hidden_size {c.EncoderWidth} is not a multiple of 64, the width of a head");
        Check(
            c.Resolution % c.SizeDivisor == 0,
            $"resolution {c.Resolution} is not a multiple of {c.SizeDivisor} (patch_size {c.PatchSize} × num_windows "
                + $"{c.NumWindows}); {Near(c.Resolution, c.SizeDivisor)} would be");
        Check(
            c.HiddenDim % c.SelfAttentionHeads == 0,
            $"hidden_dim {c.HiddenDim} is not a multiple of sa_nheads {c.SelfAttentionHeads}");
        Check(
            c.HiddenDim % c.CrossAttentionHeads == 0,
            $"hidden_dim {c.HiddenDim} is not a multiple of ca_nheads {c.CrossAttentionHeads}");
        Check(c.HiddenDim % 4 == 0, $"hidden_dim {c.HiddenDim} is not a multiple of 4, which the boxes' position codes need");
        Check(
            c.OutFeatureIndexes.Count > 0 && c.OutFeatureIndexes.Zip(c.OutFeatureIndexes.Skip(1)).All(p => p.First < p.Second),
            "out_feature_indexes do not rise");
        Check(
            c.OutFeatureIndexes.All(i => i <= c.EncoderDepth),
            $"out_feature_indexes reach beyond the encoder's {c.EncoderDepth} layers");
        Check(
            c.ProjectorLevels.Count > 0 && c.ProjectorLevels.All(l => l is >= 3 and <= 5),
            "projector_scale holds levels other than P3, P4, P5");
        Check(
            !c.SegmentationHead || c.Resolution % c.MaskDownsampleRatio == 0,
            $"resolution {c.Resolution} is not a multiple of mask_downsample_ratio {c.MaskDownsampleRatio}");
        int cells = c.Resolution / c.PatchSize;
        Check(
            c.NumQueries <= cells * cells * 4,
            $"num_queries {c.NumQueries} are far more than the {cells * cells} patches that could propose a box");
        if (wrong.Count > 0)
            throw new ArgumentException("network: " + string.Join("; ", wrong));
    }

    private static string Near(int size, int divisor)
    {
        int below = size / divisor * divisor;
        return below == 0 ? $"{divisor}" : $"{below} or {below + divisor}";
    }
}
