using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Opens ONNX files: ours and rf-detr's with metadata, older ones by the names of their outputs.</summary>
internal static class OnnxModels
{
    private const int DefaultNumSelect = 300;

    public static LoadedModel Load(string path, DetectorOptions options)
    {
        if (options.Engine == EngineKind.Cpu)
            throw new ArgumentException($"'{Path.GetFileName(path)}' is an ONNX file, which ONNX Runtime runs; our own engine takes checkpoints");
        if (options.CustomEngine is not null)
            throw new ArgumentException($"'{Path.GetFileName(path)}' is an ONNX file, which only ONNX Runtime runs; the engine asked for takes checkpoints");
        if (options.Precision == ExportPrecision.BFloat16)
            throw new ArgumentException($"'{Path.GetFileName(path)}' is an ONNX file, which has its own precision; {options.Precision} is for checkpoints in our own engine");
        IOnnxSession session = SessionFactory.FromFile(path, options);
        try
        {
            InferenceMetadata? metadata = ArtifactMetadata.Find(path, session.Metadata.Custom);
            ArtifactNotes? notes = MetadataJson.FindNotes(session.Metadata.Custom);
            Licenses.Require(Licenses.Named(notes?.WeightsLicense) ?? Licenses.Of(metadata?.Variant), path, options.AcceptLicense);
            DetectionContract contract = DetectionContract.Of(session.Inputs, session.Outputs, metadata);
            NetworkSizes sizes = Sizes(contract, session);
            Check(path, options, sizes);
            INetworkEngine engine = session.ToEngine(contract, sizes);
            return new(Describe(path, options, metadata, notes, sizes) with { Engine = engine.Description }, engine);
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void Check(string path, DetectorOptions options, NetworkSizes sizes)
    {
        string file = Path.GetFileName(path);
        if (options.Resolution is { } asked && asked != (sizes.Height, sizes.Width))
            throw new ArgumentException($"'{file}' is compiled for {sizes.Height}×{sizes.Width}, asked for {asked.Height}×{asked.Width}; export the checkpoint at that resolution");
        if (options.FixedBatch is { } batch && sizes.FixedBatch is { } own && batch != own)
            throw new ArgumentException($"'{file}' is compiled for batches of {own}, asked for {batch}; export the checkpoint with that batch");
    }

    private static ModelCard Describe(string path, DetectorOptions options, InferenceMetadata? metadata, ArtifactNotes? notes, NetworkSizes sizes) => new()
    {
        Name = Path.GetFileName(path),
        Variant = metadata?.Variant ?? "unknown",
        Classes = OnnxClassMap.Of(Path.GetFileName(path), sizes.Classes, metadata, notes, options),
        InputHeight = sizes.Height,
        InputWidth = sizes.Width,
        HasMasks = sizes.MaskHeight > 0,
        NumSelect = options.NumSelect ?? metadata?.NumSelect ?? Math.Min(DefaultNumSelect, sizes.Queries),
        ResizeRule = options.ResizeRule ?? (metadata?.ResizeAntialias == true ? ResizeRule.BilinearAntialias : ResizeRule.Bilinear),
        Normalization = metadata is null ? Normalization.ImageNet : new(Triple(metadata.Means), Triple(metadata.Stds)),
        License = notes?.WeightsLicense,
    };

    private static (float Red, float Green, float Blue) Triple(IReadOnlyList<double> values) => values.Count == 3
        ? ((float)values[0], (float)values[1], (float)values[2])
        : throw new OnnxFormatException($"the metadata's means and stds must have 3 values each, found {values.Count}");

    // Sizes that the file leaves open are found by one run on an empty image.
    private static NetworkSizes Sizes(DetectionContract c, IOnnxSession session)
    {
        if (c.Channels != 3)
            throw new OnnxFormatException($"the model takes {c.Channels} channels; only RGB (3) is supported");
        (int queries, int classes, int maskHeight, int maskWidth) = (c.Queries ?? 0, c.Classes ?? 0, MaskSize(c, 2), MaskSize(c, 3));
        if (queries == 0 || classes == 0 || (c.Masks is not null && (maskHeight == 0 || maskWidth == 0)))
        {
            DType type = c.Input.ElementType == OnnxElementType.Float16 ? DType.Float16 : DType.Float32;
            int[] shape = [c.FixedBatch ?? 1, 3, c.Height, c.Width];
            long bytes = shape.Aggregate((long)type.SizeInBytes(), (product, size) => checked(product * size));
            var image = new HostTensor(type, shape, new byte[bytes]);
            IReadOnlyDictionary<string, HostTensor> results = session.Run(new Dictionary<string, HostTensor> { [c.Input.Name] = image });
            (queries, classes) = (results[c.Logits.Name].Shape[1], results[c.Logits.Name].Shape[2]);
            if (c.Masks is not null)
                (maskHeight, maskWidth) = (results[c.Masks.Name].Shape[2], results[c.Masks.Name].Shape[3]);
        }

        return new(c.Height, c.Width, queries, classes, maskHeight, maskWidth, c.FixedBatch);
    }

    private static int MaskSize(DetectionContract c, int axis) => c.Masks is { } m && m.Shape[axis].IsFixed ? (int)m.Shape[axis].Size : 0;
}
