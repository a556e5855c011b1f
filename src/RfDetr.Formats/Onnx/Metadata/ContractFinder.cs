namespace RfDetr.Onnx;

/// <summary>Works a <see cref="DetectionContract"/> out.</summary>
internal sealed class ContractFinder(
    IReadOnlyList<OnnxValueInfo> inputs, IReadOnlyList<OnnxValueInfo> outputs, InferenceMetadata? metadata)
{
    public DetectionContract Find()
    {
        OnnxValueInfo input = FindInput();
        OnnxValueInfo boxes = FindOutput("boxes", "pred_boxes", "dets") ?? throw Missing("boxes", "dets", "pred_boxes");
        OnnxValueInfo logits = FindOutput("class logits", "pred_logits", "labels")
            ?? throw Missing("class logits", "labels", "pred_logits");
        Check(input, 4, "images");
        Check(boxes, 3, "boxes");
        Check(logits, 3, "class logits");
        OnnxValueInfo? masks = FindOutput("mask logits", "pred_masks", "masks") ?? MasksByShape(boxes, logits);
        if (masks is not null)
            Check(masks, 4, "mask logits");
        if (boxes.Shape[2] is { IsFixed: true, Size: not 4 })
            throw new OnnxFormatException($"output {boxes} should hold boxes of 4 numbers");
        bool channelsLast = metadata?.InputLayout == "NHWC";
        return new DetectionContract
        {
            Input = input,
            Boxes = boxes,
            Logits = logits,
            Masks = masks,
            FixedBatch = Size(input, 0),
            Channels = Known(input, channelsLast ? 3 : 1, 1, "channels"),
            Height = Known(input, channelsLast ? 1 : 2, 2, "height"),
            Width = Known(input, channelsLast ? 2 : 3, 3, "width"),
            Queries = Agreed(1, "queries", boxes, logits, masks),
            Classes = Size(logits, 2),
            Warnings = [.. Warnings(boxes, logits, masks)],
        };
    }

    private OnnxValueInfo FindInput()
    {
        if (metadata is not null)
        {
            return inputs.FirstOrDefault(value => value.Name == metadata.InputName)
                ?? throw new OnnxFormatException(
                    $"the metadata names input '{metadata.InputName}', the model has {List(inputs)}");
        }

        OnnxValueInfo? named = inputs.FirstOrDefault(value => value.Name == "input");
        if (named is null && inputs.Count == 1)
            named = inputs[0];
        return named ?? throw new OnnxFormatException($"no input 'input'; the model has {List(inputs)}");
    }

    private OnnxValueInfo? FindOutput(string what, string meaning, string usual)
    {
        if (metadata is not null && metadata.Outputs.TryGetValue(meaning, out string? name))
        {
            return outputs.FirstOrDefault(value => value.Name == name)
                ?? throw new OnnxFormatException(
                    $"the metadata names output '{name}' for the {what}, the model has {List(outputs)}");
        }

        return outputs.FirstOrDefault(value => value.Name == usual) ?? outputs.FirstOrDefault(value => value.Name == meaning);
    }

    // rf-detr 1.3 leaves the masks under the number that PyTorch's exporter gave them. Metadata says what there is, so that only
    // a file without is guessed about, and no other output of a detector has four dimensions with one entry for each query.
    private OnnxValueInfo? MasksByShape(OnnxValueInfo boxes, OnnxValueInfo logits)
    {
        if (metadata is not null)
            return null;
        OnnxValueInfo[] alike =
        [
            .. outputs.Where(o => o != boxes && o != logits && o.Shape.Count == 4
                && o.ElementType is OnnxElementType.Float32 or OnnxElementType.Float16
                && o.Shape[2].Size > 0 && o.Shape[3].Size > 0 && MayEqual(o.Shape[1], boxes.Shape[1])),
        ];
        return alike.Length == 1 ? alike[0] : null;
    }

    private static bool MayEqual(OnnxDimension a, OnnxDimension b) => !a.IsFixed || !b.IsFixed || a.Size == b.Size;

    private IEnumerable<string> Warnings(OnnxValueInfo boxes, OnnxValueInfo logits, OnnxValueInfo? masks)
    {
        if (masks is not null && metadata is null && masks.Name is not ("masks" or "pred_masks"))
            yield return $"output {masks} is taken for the masks, by its shape alone";
        OnnxValueInfo[] unused = [.. outputs.Where(o => o != boxes && o != logits && o != masks)];
        if (unused.Length > 0)
            yield return $"not used {(unused.Length == 1 ? "is the output" : "are the outputs")} {List(unused)}";
    }

    private static void Check(OnnxValueInfo value, int rank, string what)
    {
        if (value.ElementType is not (OnnxElementType.Float32 or OnnxElementType.Float16))
            throw new OnnxFormatException($"{value} should hold the {what} as Float32 or Float16");
        // An empty shape: the file does not say.
        if (value.Shape.Count != rank && value.Shape.Count != 0)
            throw new OnnxFormatException($"{value} should hold the {what} in {rank} dimensions, it has {value.Shape.Count}");
        if (value.Shape.Count == 0)
            throw new OnnxFormatException($"the file does not tell the shape of {value}, which holds the {what}");
    }

    private int Known(OnnxValueInfo input, int axis, int metadataAxis, string what)
    {
        int? declared = Size(input, axis);
        int? stated = metadata?.InputShape[metadataAxis];
        if (declared is not null && stated is not null && declared != stated)
            throw new OnnxFormatException($"input {input} has {what} {declared}, the metadata says {stated}");
        return declared
            ?? stated
            ?? throw new OnnxFormatException($"input {input} leaves its {what} open and there is no metadata that tells it");
    }

    private static int? Agreed(int axis, string what, params OnnxValueInfo?[] values)
    {
        int? result = null;
        foreach (OnnxValueInfo? value in values)
        {
            int? size = value is null ? null : Size(value, axis);
            if (size is not null && result is not null && size != result)
                throw new OnnxFormatException(
                    $"the outputs differ in their number of {what}: {List(values.OfType<OnnxValueInfo>())}");
            result ??= size;
        }

        return result;
    }

    private static int? Size(OnnxValueInfo value, int axis)
    {
        OnnxDimension dimension = value.Shape[axis];
        if (!dimension.IsFixed)
            return null;
        if (dimension.Size is < 1 or > int.MaxValue)
            throw new OnnxFormatException($"{value} has a dimension of {dimension.Size}");
        return (int)dimension.Size;
    }

    private OnnxFormatException Missing(string what, string usual, string meaning) =>
        new($"no output with the {what} (looked for '{usual}' and '{meaning}'); the model has {List(outputs)}");

    private static string List(IEnumerable<OnnxValueInfo> values) => string.Join(", ", values);
}
