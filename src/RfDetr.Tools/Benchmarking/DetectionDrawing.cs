
namespace RfDetr.Tools;

/// <summary>Draws results onto their image as <c>rfdetr detect</c> does.</summary>
internal static class DetectionDrawing
{
    /// <summary>Copies the image onto a canvas of its size and draws what was found there.</summary>
    public static void Draw(Canvas canvas, Image image, Detections found, DrawOptions options)
    {
        PixelFrame frame = image.Frame;
        canvas.CopyFrom(frame.Data, frame.Stride);
        var annotations = new Annotation[found.Items.Count];
        for (int i = 0; i < annotations.Length; i++)
        {
            Detection d = found.Items[i];
            annotations[i] = new Annotation(d.Box, d.ClassId, FormattableString.Invariant($"{d.ClassName} {d.Score:0.00}"), d.Mask);
        }

        Painter.Draw(canvas, annotations, options, SystemLabels.Instance);
        GC.KeepAlive(image);
    }
}
