namespace RfDetr;

/// <summary>A pixel by column and row; as a polygon's vertex it means the pixel's center.</summary>
/// <param name="X">Column, 0-based.</param>
/// <param name="Y">Row, 0-based.</param>
public readonly record struct PixelPoint(int X, int Y);

/// <summary>One closed border of a mask, as OpenCV's <c>findContours</c> with <c>RETR_CCOMP</c> gives it.</summary>
/// <param name="Points">
/// Vertices in order (the last connects to the first): of an outer border the outermost pixels of a connected part; of a
/// hole the mask pixels around it. One or two vertices if the part is a pixel or a straight line.
/// </param>
/// <param name="IsHole">True if it surrounds background.</param>
/// <param name="Parent">For a hole the index, in the same list, of the outer border it lies in; −1 for an outer border.</param>
public sealed record MaskPolygon(IReadOnlyList<PixelPoint> Points, bool IsHole, int Parent)
{
    /// <summary>The polygon as <c>x0, y0, x1, y1, …</c>, the form of COCO annotations.</summary>
    public double[] ToCoordinates()
    {
        var coordinates = new double[2 * Points.Count];
        for (int i = 0; i < Points.Count; i++)
            (coordinates[2 * i], coordinates[2 * i + 1]) = (Points[i].X, Points[i].Y);
        return coordinates;
    }
}
