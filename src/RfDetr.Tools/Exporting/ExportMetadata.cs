using RfDetr.Model;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>Metadata of an exported file: rf-detr's contract, and our notes under a key of their own.</summary>
internal static class ExportMetadata
{
    // rf-detr's default for keypoint models; its contract wants a number for the others, too.
    private const double TraceAlpha = 0.2;

    public static Dictionary<string, string> Of(CheckpointPackage source, ExportRequest request, string sha256) => new()
    {
        [InferenceMetadata.Key] = MetadataJson.Write(Contract(source, request)),
        [ArtifactNotes.Key] = MetadataJson.Write(new ArtifactNotes
        {
            WeightsLicense = source.Info.License,
            WeightsSha256 = sha256,
            Precision =
                request.Precision switch { ExportPrecision.Float16 => "float16", ExportPrecision.Int8 => "int8", _ => "float32" },
            EmittedLabels = [.. source.Info.Classes.Entries.Select(e => new EmittedLabel(e.Label, e.Label, e.Name, e.DatasetId))],
        }),
    };

    private static InferenceMetadata Contract(CheckpointPackage source, ExportRequest request)
    {
        (ModelConfig config, ModelInfo card) = (source.Config, source.Info);
        Dictionary<string, string> outputs = card.Heads.ToDictionary(head => head.Meaning, head => head.Output);
        outputs["pred_logits"] = OutputNames.Logits;
        return new InferenceMetadata
        {
            Format = "onnx",
            Task = card.Task,
            Variant = card.Variant,
            Backend = "RfDetr",
            InputShape = [request.Batch ?? -1, config.Channels, card.InputHeight, card.InputWidth],
            InputName = OutputNames.Input,
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
