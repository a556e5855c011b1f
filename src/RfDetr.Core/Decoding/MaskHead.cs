namespace RfDetr;

/// <summary>
/// Masks of the whole image's size, as run lengths; a query that was selected for several classes is decoded once.
/// </summary>
internal sealed class MaskHead : Head
{
    public override string Name => "masks";

    public override string Output => OutputNames.Masks;

    public override string Meaning => "pred_masks";

    public override string Task => "segment";

    internal override void Decode(in HeadInput input, IReadOnlyList<DetectionBuilder> to)
    {
        if (to.Count == 0)
            return;
        FrameGeometry frame = input.Frame;
        var decoder = new MaskDecoder(input.Spec.Shape[1], input.Spec.Shape[2], frame.View.Height, frame.View.Width);
        var known = new Dictionary<int, RleMask>(to.Count);
        foreach (DetectionBuilder found in to)
        {
            // A query has one box, whatever its class: what is cut off at the box is the same, too.
            if (!known.TryGetValue(found.Query, out RleMask? mask))
                known[found.Query] =
                    mask = Decode(decoder, input.Row(found.Query), found.Box, frame, input.Options.MasksInsideBox);
            found.Mask = mask;
        }
    }

    private static RleMask Decode(
        MaskDecoder decoder, ReadOnlySpan<float> logits, BoxXyxy box, FrameGeometry frame, bool insideBox)
    {
        PixelRect view = frame.View;
        PixelRect? inside = insideBox ? box.Offset(-view.X, -view.Y).ToPixelRect(view.Width, view.Height) : null;
        RleMask mask = decoder.Decode(logits, inside);
        return frame.IsWhole ? mask : mask.Place(view.X, view.Y, frame.Height, frame.Width);
    }
}
