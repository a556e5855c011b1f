using System.Runtime.InteropServices;
using RfDetr.Data;

namespace RfDetr.Training;

/// <summary>Stretching a sample to another size, through the same kernel as inference.</summary>
internal static class Stretching
{
    /// <summary>To bytes again, with antialias: for images that become part of another.</summary>
    public static Sample Resize(Sample s, int width, int height)
    {
        if (width == s.Width && height == s.Height)
            return s;
        int plane = width * height;
        float[] planes = new float[3 * plane];
        Preprocessor.Run(
            new PixelFrame(s.Rgb, s.Width, s.Height, 0, PixelFormat.Rgb24), planes, height, width, ResizeRule.BilinearAntialias,
            Normalization.None);
        byte[] rgb = new byte[3 * plane];
        for (int i = 0; i < plane; i++)
        {
            rgb[3 * i] = (byte)(planes[i] * 255 + 0.5f);
            rgb[3 * i + 1] = (byte)(planes[plane + i] * 255 + 0.5f);
            rgb[3 * i + 2] = (byte)(planes[2 * plane + i] * 255 + 0.5f);
        }

        double scaleX = (double)width / s.Width, scaleY = (double)height / s.Height;
        return new Sample(rgb, width, height, Array.ConvertAll(s.Objects, o => o with
        {
            Box = new BoxXywh(o.Box.X * scaleX, o.Box.Y * scaleY, o.Box.Width * scaleX, o.Box.Height * scaleY),
            Mask = o.Mask is { } mask ? MaskWindows.Stretch(mask, scaleX, scaleY, width, height) : null,
        }));
    }

    /// <summary>Into its place in a batch, normalized.</summary>
    /// <param name="s">The sample.</param>
    /// <param name="planes">[3, height, width].</param>
    /// <param name="height">Rows of the network's input.</param>
    /// <param name="width">Columns of the network's input.</param>
    /// <param name="rule">The run's resize rule.</param>
    /// <param name="masks">True if the target gets masks.</param>
    /// <param name="imageId">Goes into the target.</param>
    public static Target ToBatch(Sample s, Span<float> planes, int height, int width, ResizeRule rule, bool masks, long imageId)
    {
        Preprocessor.Run(new PixelFrame(s.Rgb, s.Width, s.Height, 0, PixelFormat.Rgb24), planes, height, width, rule);
        float[] boxes = new float[4 * s.Objects.Length];
        Span<BoxCxCyWh> to = MemoryMarshal.Cast<float, BoxCxCyWh>(boxes.AsSpan());
        for (int i = 0; i < to.Length; i++)
        {
            BoxXywh b = s.Objects[i].Box;
            to[i] = new(
                (float)((b.X + b.Width / 2) / s.Width), (float)((b.Y + b.Height / 2) / s.Height), (float)(b.Width / s.Width),
                (float)(b.Height / s.Height));
        }

        double scaleX = (double)width / s.Width, scaleY = (double)height / s.Height;
        return new Target(
            boxes,
            Array.ConvertAll(s.Objects, o => o.Label),
            masks ? Array.ConvertAll(s.Objects, o => MaskWindows.Stretch(o.Mask!, scaleX, scaleY, width, height)) : null,
            imageId);
    }
}
