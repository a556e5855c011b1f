using RfDetr.Model;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>What an exported file says about itself: rf-detr's contract, and our notes under a key of their own.</summary>
internal static class ExportMetadata
{
    // rf-detr's default for keypoint models; its contract wants a number for the others, too.
    private const double TraceAlpha = 0.2;

    public static Dictionary<string, string> Of(ModelCard card, ExportRequest request, string sha256) => new()
    {
        [InferenceMetadata.Key] = MetadataJson.Write(Contract(card, request)),
        [ArtifactNotes.Key] = MetadataJson.Write(new ArtifactNotes
        {
            WeightsLicense = card.License,
            WeightsSha256 = sha256,
            Precision = request.Precision switch { ExportPrecision.Float16 => "float16", ExportPrecision.Int8 => "int8", _ => "float32" },
            EmittedLabels = [.. card.Classes.Entries.Select(e => new EmittedLabel(e.Label, e.Label, e.Name, e.DatasetId))],
        }),
    };

    private static InferenceMetadata Contract(ModelCard card, ExportRequest request)
    {
        ModelConfig config = card.Config!;
        var outputs = new Dictionary<string, string> { ["pred_boxes"] = InferenceGraph.BoxesName, ["pred_logits"] = InferenceGraph.LogitsName };
        if (card.HasMasks)
            outputs["pred_masks"] = InferenceGraph.MasksName;
        return new InferenceMetadata
        {
            Format = "onnx",
            Task = card.HasMasks ? "segment" : "detect",
            Variant = card.Variant,
            Backend = "RfDetr",
            InputShape = [request.Batch ?? -1, config.Channels, card.InputHeight, card.InputWidth],
            InputName = InferenceGraph.InputName,
            Outputs = outputs,
            Means = Decimals(card.Normalization.Mean),
            Stds = Decimals(card.Normalization.Deviation),
            ResizeAntialias = card.ResizeRule == ResizeRule.BilinearAntialias,
            ClassNames = [.. card.Classes.Entries.Select(e => e.Name)],
            ClassIdToName = card.Classes.Entries.ToDictionary(e => e.Label, e => e.Name),
            NumClasses = config.ClassLogits,
            NumSelect = card.NumSelect,
            TraceAlpha = TraceAlpha,
            PatchSize = config.PatchSize,
            NumWindows = config.NumWindows,
        };
    }

    // 0.485f written as 0.485, not as the 0.48500001430511475 that widening gives.
    private static double[] Decimals((float Red, float Green, float Blue) values) =>
        [(double)(decimal)values.Red, (double)(decimal)values.Green, (double)(decimal)values.Blue];
}
