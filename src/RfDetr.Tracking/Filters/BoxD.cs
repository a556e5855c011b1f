namespace RfDetr.Tracking;

/// <summary>A box by its corners in double precision, as the references compute with.</summary>
internal readonly record struct BoxD(double X1, double Y1, double X2, double Y2)
{
    public double Width => X2 - X1;

    public double Height => Y2 - Y1;

    public Point2 Center => new((X1 + X2) / 2, (Y1 + Y2) / 2);

    public Point2 Size => new(Width, Height);

    public static BoxD Of(BoxXyxy box) => new(box.X1, box.Y1, box.X2, box.Y2);

    public static BoxD FromCenter(Point2 center, Point2 size) =>
        new(center.X - size.X / 2, center.Y - size.Y / 2, center.X + size.X / 2, center.Y + size.Y / 2);

    public BoxXyxy ToXyxy() => new((float)X1, (float)Y1, (float)X2, (float)Y2);

    /// <summary>Intersection over union; 0 where the boxes do not overlap.</summary>
    /// <param name="other">The other box.</param>
    /// <param name="pixel">
    /// Added to every width and height: 1 in ByteTrack and BoT-SORT, whose boxes include their last pixel; 0 elsewhere.
    /// </param>
    public double IoU(in BoxD other, double pixel = 0)
    {
        double width = Math.Min(X2, other.X2) - Math.Max(X1, other.X1) + pixel;
        double height = Math.Min(Y2, other.Y2) - Math.Max(Y1, other.Y1) + pixel;
        if (!(width > 0 && height > 0))
            return 0;
        double common = width * height;
        double union = (Width + pixel) * (Height + pixel) + (other.Width + pixel) * (other.Height + pixel) - common;
        return union > 0 ? common / union : 0;
    }
}
