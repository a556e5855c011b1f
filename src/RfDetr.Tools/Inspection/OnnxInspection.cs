using RfDetr.Checkpoints;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>Looks into an ONNX file without loading it: ONNX Runtime is not needed.</summary>
internal static class OnnxInspection
{
    public static ModelInspection Of(string path, ModelOptions options)
    {
        var info = OnnxModelInfo.Read(path);
        InferenceMetadata? metadata = ArtifactMetadata.Find(path, info.Custom);
        ArtifactNotes? notes = MetadataJson.FindNotes(info.Custom);
        var warnings = new List<string>();
        if (metadata is null)
            warnings.Add(
                $"the file has no {InferenceMetadata.Key} metadata: resize rule and normalization are rf-detr's defaults");
        DetectionContract? contract = Try(() => DetectionContract.Of(info.Inputs, info.Outputs, metadata), warnings);
        warnings.AddRange(contract?.Warnings ?? []);
        int? logits = metadata?.NumClasses ?? contract?.Classes;
        string file = Path.GetFileName(path);
        return new ModelInspection
        {
            File = path,
            Container = "Onnx",
            Bytes = new FileInfo(path).Length,
            Digests = FileDigests.Of(path),
            Variant = metadata?.Variant ?? "unknown",
            Classes = logits is { } count and > 0
                ? Try(() => OnnxClassMap.Of(file, count, metadata, notes, options), warnings)
                : null,
            Input = contract is null ? null : (contract.Height, contract.Width),
            ResizeRule = options.ResizeRule
                ?? (metadata?.ResizeAntialias == true ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear),
            ResizeSource = options.ResizeRule is not null
                ? "as asked"
                : metadata is null
                ? "rf-detr's default since 1.9; the file does not say"
                : $"{InferenceMetadata.Key} of the file",
            License = notes?.WeightsLicense ?? Licenses.Of(metadata?.Variant)?.Id,
            Onnx = info,
            Warnings = warnings,
        };
    }

    private static T? Try<T>(Func<T> find, List<string> warnings)
        where T : class
    {
        try
        {
            return find();
        }
        catch (Exception e) when (e is CheckpointFormatException or OnnxFormatException or ArgumentException)
        {
            warnings.Add(e.Message);
            return null;
        }
    }
}
