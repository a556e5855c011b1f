namespace RfDetr;

/// <summary>
/// Finds places for label plates: inside the image, and where possible clear of the plates placed before. Tries, in
/// order, above the box, below it and inside it, each at the left and at the right; failing all, the least covered place.
/// </summary>
internal sealed class LabelPlacer(int width, int height)
{
    private readonly List<PixelRect> _taken = [];

    /// <summary>Places a plate of the given size for a box.</summary>
    public PixelRect Place(PixelRect box, int plateWidth, int plateHeight)
    {
        int right = box.Right - plateWidth;
        ReadOnlySpan<(int X, int Y)> places =
        [
            (box.X, box.Y - plateHeight), (right, box.Y - plateHeight),
            (box.X, box.Bottom), (right, box.Bottom),
            (box.X, box.Y), (right, box.Y),
            (box.X, box.Bottom - plateHeight), (right, box.Bottom - plateHeight),
        ];
        PixelRect best = default;
        long leastCovered = long.MaxValue;
        foreach ((int x, int y) in places)
        {
            var plate = new PixelRect(Inside(x, plateWidth, width), Inside(y, plateHeight, height), plateWidth, plateHeight);
            long covered = Covered(plate);
            if (y != plate.Y)
                covered = Math.Max(covered, 1); // pushed over its own box: only if nothing else is free
            if (covered < leastCovered)
                (best, leastCovered) = (plate, covered);
            if (covered == 0)
                break;
        }

        _taken.Add(best);
        return best;
    }

    private long Covered(PixelRect plate)
    {
        long covered = 0;
        foreach (PixelRect other in _taken)
        {
            PixelRect common = plate.Intersect(other);
            covered += (long)common.Width * common.Height;
        }

        return covered;
    }

    /// <summary>Moves a span into 0..size; one that is too long starts at 0.</summary>
    private static int Inside(int at, int length, int size) => Math.Max(0, Math.Min(at, size - length));
}
