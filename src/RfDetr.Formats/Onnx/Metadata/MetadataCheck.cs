namespace RfDetr.Onnx;

/// <summary>The ranges of <see cref="InferenceMetadata"/>; the same rules when it is written and when it is read.</summary>
internal static class MetadataCheck
{
    private static readonly string[] s_tasks = ["detect", "segment", "keypoints", "backbone"];

    public static InferenceMetadata Checked(InferenceMetadata metadata)
    {
        List<string> wrong = Violations(metadata);
        return wrong.Count == 0
            ? metadata
            : throw new OnnxFormatException($"{InferenceMetadata.Key}: {string.Join("; ", wrong)}");
    }

    public static List<string> Violations(InferenceMetadata m)
    {
        var wrong = new List<string>();
        // A later schema may change what fields mean: better no answer than a wrong one.
        Require(m.SchemaVersion == 1, $"schema_version is {m.SchemaVersion}, this program knows 1");
        Require(s_tasks.Contains(m.Task), $"task is '{m.Task}', expected one of {string.Join(", ", s_tasks)}");
        Require(
            m.InputShape.Count == 4 && m.InputShape[0] is -1 or > 0 && m.InputShape.Skip(1).All(size => size > 0),
            $"input_shape is [{string.Join(", ", m.InputShape)}], expected [N or -1, C, H, W], each above 0");
        Require(m.InputLayout is "NCHW" or "NHWC", $"input_layout is '{m.InputLayout}', expected NCHW or NHWC");
        Require(m.MaxBatchSize is null or > 0, $"max_batch_size is {m.MaxBatchSize}, expected above 0");
        int channels = m.InputShape.Count == 4 ? m.InputShape[1] : m.Means.Count;
        Require(
            m.Means.Count == channels && m.Means.All(double.IsFinite),
            $"means has {m.Means.Count} values, expected {channels} finite ones");
        Require(
            m.Stds.Count == channels && m.Stds.All(std => double.IsFinite(std) && std > 0),
            $"stds has {m.Stds.Count} values, expected {channels} above 0");
        Require(double.IsFinite(m.PixelScale) && m.PixelScale > 0, "pixel_scale must be above 0");
        Require(m.NumClasses >= 0, $"num_classes is {m.NumClasses}, expected at least 0");
        Require(m.NumSelect >= 0, $"num_select is {m.NumSelect}, expected at least 0");
        Require(m.PatchSize > 0, $"patch_size is {m.PatchSize}, expected above 0");
        Require(m.NumWindows > 0, $"num_windows is {m.NumWindows}, expected above 0");
        Require(double.IsFinite(m.TraceAlpha) && m.TraceAlpha >= 0, "trace_alpha must be at least 0");
        foreach (string meaning in Needed(m.Task))
            Require(m.Outputs.ContainsKey(meaning), $"outputs lacks '{meaning}'");
        Require(m.ClassIdToName.Keys.All(id => id >= 0), "class_id_to_name has a negative id");
        return wrong;

        void Require(bool holds, string violation)
        {
            if (!holds)
                wrong.Add(violation);
        }
    }

    private static string[] Needed(string task) => task switch
    {
        "detect" => ["pred_boxes", "pred_logits"],
        "segment" => ["pred_boxes", "pred_logits", "pred_masks"],
        "keypoints" => ["pred_boxes", "pred_logits", "pred_keypoints"],
        _ => [],
    };
}
