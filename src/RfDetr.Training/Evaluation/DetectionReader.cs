using RfDetr.Data;
using RfDetr.Model;

namespace RfDetr.Training;

/// <summary>From the network's numbers to detections in pixels, as the detector has them: select, clamp, decode the selected masks.</summary>
/// <param name="config">The network.</param>
/// <param name="classes">Logit → category; what is selected of other logits is left out.</param>
internal sealed class DetectionReader(ModelConfig config, ClassTable classes)
{
    private readonly SelectionOptions _selection = new()
    {
        NumSelect = config.NumSelect,
        ScoreThreshold = SelectionOptions.NoThreshold,
        AllowedLabels = Enumerable.Range(0, config.ClassLogits).Select(i => classes.TryGetByIndex(i, out _)).ToArray(),
    };

    /// <summary>Detections of image <paramref name="index"/> of an answer, best first.</summary>
    public FoundObject[] Read(NetworkAnswer answer, int index, LabeledImage image)
    {
        int queries = config.NumQueries, logits = queries * config.ClassLogits;
        var chosen = new Candidate[_selection.MaxCount(queries, config.ClassLogits)];
        int count = Selector.Run(answer.Logits.AsSpan(index * logits, logits), queries, config.ClassLogits, _selection, chosen);
        MaskDecoder? decoder = answer.Masks is null ? null : new MaskDecoder(answer.MaskHeight, answer.MaskWidth, image.Height, image.Width);
        var masks = new RleMask?[queries]; // a query may be selected for several classes
        var found = new FoundObject[count];
        for (int i = 0; i < count; i++)
        {
            (int query, int label, float score) = chosen[i];
            ReadOnlySpan<float> raw = answer.Boxes.AsSpan((index * queries + query) * 4, 4);
            BoxXyxy box = new BoxCxCyWh(raw[0], raw[1], raw[2], raw[3]).ToPixels(image.Width, image.Height).Clamp(image.Width, image.Height);
            RleMask? mask = decoder is null ? null : masks[query] ??= Decode(decoder, answer, index * queries + query);
            _ = classes.TryGetByIndex(label, out DataClass? category);
            var xywh = new BoxXywh(box.X1, box.Y1, box.Width, box.Height);
            found[i] = new FoundObject(image.Id, category!.CategoryId, score, xywh) { Mask = mask };
        }

        return found;
    }

    private static RleMask Decode(MaskDecoder decoder, NetworkAnswer answer, int row)
    {
        int size = answer.MaskHeight * answer.MaskWidth;
        return decoder.Decode(answer.Masks.AsSpan(row * size, size));
    }
}
