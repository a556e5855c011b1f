namespace RfDetr;

/// <summary>Boxes in pixels of the whole image, cut off at its edges unless the options say otherwise.</summary>
internal sealed class BoxHead : Head
{
    public override string Name => "boxes";

    public override string Output => OutputNames.Boxes;

    public override string Meaning => "pred_boxes";

    public override string Task => "detect";

    internal override void Decode(in HeadInput input, IReadOnlyList<DetectionBuilder> to)
    {
        FrameGeometry frame = input.Frame;
        foreach (DetectionBuilder found in to)
        {
            ReadOnlySpan<float> b = input.Row(found.Query);
            BoxXyxy box = new BoxCxCyWh(b[0], b[1], b[2], b[3])
                .ToPixels(frame.View.Width, frame.View.Height).Offset(frame.View.X, frame.View.Y);
            found.Box = input.Options.ClampBoxes ? box.Clamp(frame.Width, frame.Height) : box;
        }
    }
}
