namespace RfDetr;

public sealed partial class RleMask
{
    /// <summary>
    /// The union of polygons, rasterized exactly as pycocotools does (<c>frPyObjects</c>, then <c>merge</c>): that is what
    /// COCO's areas and scores are defined by.
    /// </summary>
    /// <param name="height">Rows of the image.</param>
    /// <param name="width">Columns of the image.</param>
    /// <param name="polygons">Each <c>x0, y0, x1, y1, …</c> in pixels, at least three points; may reach beyond the image.</param>
    /// <exception cref="AnnotationFormatException">
    /// The size is not positive, a polygon has too few or an odd number of values, or an absurd one.
    /// </exception>
    public static RleMask FromPolygons(int height, int width, IEnumerable<double[]> polygons)
    {
        ArgumentNullException.ThrowIfNull(polygons);
        RleMask? union = null;
        foreach (double[] polygon in polygons)
        {
            RleMask mask = CocoPolygon.Encode(height, width, polygon);
            union = union is null ? mask : union.Union(mask);
        }

        return union ?? Empty(height, width);
    }

    /// <summary>The pixels of a rectangle, rasterized as pycocotools does: as the polygon of its corners.</summary>
    /// <exception cref="AnnotationFormatException">The size is not positive or an edge is absurd.</exception>
    public static RleMask FromBox(int height, int width, BoxXyxy box) =>
        FromPolygons(height, width, [[box.X1, box.Y1, box.X1, box.Y2, box.X2, box.Y2, box.X2, box.Y1]]);
}
