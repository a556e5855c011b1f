namespace RfDetr.Data;

/// <summary>
/// A box as annotation files hold it: upper left corner and size in pixels, in double as COCO's scores are defined by.
/// </summary>
/// <param name="X">Left edge; an image of width W spans 0 to W.</param>
/// <param name="Y">Top edge.</param>
/// <param name="Width">Right edge minus left edge; negative in a broken file.</param>
/// <param name="Height">Bottom edge minus top edge; negative in a broken file.</param>
public readonly record struct BoxXywh(double X, double Y, double Width, double Height)
{
    /// <summary>Width × height; 0 if either is negative.</summary>
    public double Area => Math.Max(Width, 0) * Math.Max(Height, 0);

    /// <summary>True if both sides are longer than 0.</summary>
    public bool HasArea => Width > 0 && Height > 0;

    /// <summary>The part inside an image of the given size; its sides are 0 or negative if nothing is.</summary>
    public BoxXywh Clip(double width, double height)
    {
        double x1 = Math.Max(X, 0), y1 = Math.Max(Y, 0);
        return new(x1, y1, Math.Min(X + Width, width) - x1, Math.Min(Y + Height, height) - y1);
    }

    /// <summary>The same box by its corners, in single precision.</summary>
    public BoxXyxy ToXyxy() => new((float)X, (float)Y, (float)(X + Width), (float)(Y + Height));

    /// <summary>The box of whole pixels.</summary>
    public static BoxXywh From(PixelRect rectangle) => new(rectangle.X, rectangle.Y, rectangle.Width, rectangle.Height);
}
