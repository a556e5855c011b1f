namespace RfDetr;

/// <summary>
/// Finds the borders of a mask: outer borders of its 8-connected parts, and the borders of their holes (4-connected
/// background). Straight runs are compressed to their ends, so nothing is lost: <see cref="PolygonFill"/> gives the mask back.
/// </summary>
/// <remarks>
/// Border following after S. Suzuki and K. Abe, "Topological structural analysis of digitized binary images by border following",
/// CVGIP 30 (1985).
/// </remarks>
public static class PolygonTracer
{
    /// <summary>All borders, in the order in which a scan by rows meets them.</summary>
    /// <param name="mask">The mask.</param>
    /// <param name="epsilon">
    /// Vertices nearer than this (in pixels) to the simplified outline are dropped (Douglas–Peucker); 0 keeps the exact outline.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epsilon"/> is negative or not finite.</exception>
    public static IReadOnlyList<MaskPolygon> Trace(RleMask mask, double epsilon = 0)
    {
        ArgumentNullException.ThrowIfNull(mask);
        if (!(epsilon >= 0 && double.IsFinite(epsilon)))
            throw new ArgumentOutOfRangeException(
                nameof(epsilon), epsilon, "The tolerance must be a number of pixels, at least 0.");
        if (mask.Area == 0)
            return [];
        List<MaskPolygon> polygons = new BorderFollower(mask).Run();
        if (epsilon > 0)
        {
            for (int i = 0; i < polygons.Count; i++)
                polygons[i] = polygons[i] with { Points = DouglasPeucker.Simplify(polygons[i].Points, epsilon) };
        }

        return polygons;
    }

    /// <summary>All borders of a mask given by pixels.</summary>
    public static IReadOnlyList<MaskPolygon> Trace(BitMask mask, double epsilon = 0) => Trace(RleMask.Encode(mask), epsilon);
}
