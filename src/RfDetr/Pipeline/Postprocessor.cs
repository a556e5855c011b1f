using System.Buffers;

namespace RfDetr;

/// <summary>From the network's numbers to detections in pixels: select, threshold, boxes, then masks of what is left.</summary>
internal sealed class Postprocessor(ModelCard card, DetectOptions options, NetworkSizes sizes)
{
    private readonly SelectionOptions _selection = LabelFilter.ToSelection(options, card);

    /// <summary>Detections of one image of an executed run; width and height are the whole image's.</summary>
    public Detection[] Run(INetworkRun run, int index, int width, int height)
    {
        PixelRect view = options.Roi ?? new PixelRect(0, 0, width, height);
        int most = _selection.MaxCount(sizes.Queries, sizes.Classes);
        Candidate[] candidates = ArrayPool<Candidate>.Shared.Rent(most);
        try
        {
            int count = Selector.Run(run.Logits(index), sizes.Queries, sizes.Classes, _selection, candidates.AsSpan(0, most));
            Span<Candidate> chosen = candidates.AsSpan(0, count);
            BoxXyxy[] boxes = Boxes(run.Boxes(index), chosen, view, width, height);
            int[]? kept = options.NmsIoU is { } iou ? Suppress(boxes, chosen, iou) : null;
            MaskDecoder? decoder = card.HasMasks && options.Masks && count > 0
                ? new MaskDecoder(sizes.MaskHeight, sizes.MaskWidth, view.Height, view.Width)
                : null;
            var result = new Detection[kept?.Length ?? count];
            for (int i = 0; i < result.Length; i++)
            {
                int at = kept?[i] ?? i;
                Candidate c = chosen[at];
                RleMask? mask = decoder is null ? null : Mask(decoder, run.Masks(index), c.Query, boxes[at], view, width, height);
                result[i] = new Detection(boxes[at], c.Score, c.Label, card.Classes.NameOf(c.Label), mask);
            }

            return result;
        }
        finally
        {
            ArrayPool<Candidate>.Shared.Return(candidates);
        }
    }

    private BoxXyxy[] Boxes(ReadOnlySpan<float> raw, ReadOnlySpan<Candidate> chosen, PixelRect view, int width, int height)
    {
        var boxes = new BoxXyxy[chosen.Length];
        for (int i = 0; i < boxes.Length; i++)
        {
            ReadOnlySpan<float> b = raw.Slice(chosen[i].Query * 4, 4);
            BoxXyxy box = new BoxCxCyWh(b[0], b[1], b[2], b[3]).ToPixels(view.Width, view.Height).Offset(view.X, view.Y);
            boxes[i] = options.ClampBoxes ? box.Clamp(width, height) : box;
        }

        return boxes;
    }

    private RleMask Mask(MaskDecoder decoder, ReadOnlySpan<float> logits, int query, BoxXyxy box, PixelRect view, int width, int height)
    {
        int size = sizes.MaskHeight * sizes.MaskWidth;
        PixelRect? inside = options.MasksInsideBox ? box.Offset(-view.X, -view.Y).ToPixelRect(view.Width, view.Height) : null;
        RleMask mask = decoder.Decode(logits.Slice(query * size, size), inside);
        return options.Roi is null ? mask : mask.Place(view.X, view.Y, height, width);
    }

    private static int[] Suppress(BoxXyxy[] boxes, ReadOnlySpan<Candidate> chosen, float iou)
    {
        float[] scores = new float[boxes.Length];
        int[] labels = new int[boxes.Length];
        for (int i = 0; i < boxes.Length; i++)
            (scores[i], labels[i]) = (chosen[i].Score, chosen[i].Label);
        return NonMaximumSuppression.Run(boxes, scores, labels, iou);
    }
}
