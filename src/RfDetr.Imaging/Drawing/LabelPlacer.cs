namespace RfDetr;

/// <summary>
/// Finds places for label plates: inside the image, and where possible clear of the plates placed before. Tries, in
/// order, above the box, below it and inside it, each at the left and at the right; failing these, the nearest free place
/// along the edges of other plates; failing all, the least covered place.
/// </summary>
internal sealed class LabelPlacer(int width, int height)
{
    // Plates that are looked at for a free place; beyond them a label would be too far from its box to be understood.
    private const int MostNeighbors = 24;

    private readonly List<PixelRect> _taken = [];

    private int _lastInTheWay;

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

        if (leastCovered > 1 && NearestFree(box, plateWidth, plateHeight) is { } free)
            best = free;
        _taken.Add(best);
        return best;
    }

    /// <summary>Marks a place as taken.</summary>
    public void Take(PixelRect place) => _taken.Add(place);

    // A free place that is nearest to some point can be pushed until it touches the box or the plates around it, so places along
    // their edges are all that must be tried.
    private PixelRect? NearestFree(PixelRect box, int plateWidth, int plateHeight)
    {
        PixelRect[] near = [.. _taken.OrderBy(t => Distance(t, box)).Take(MostNeighbors)];
        int[] columns =
            [box.X, box.Right - plateWidth, .. near.Select(t => t.Right), .. near.Select(t => t.X - plateWidth)];
        int[] rows =
        [
            box.Y - plateHeight, box.Bottom, box.Y, box.Bottom - plateHeight, .. near.Select(t => t.Bottom),
            .. near.Select(t => t.Y - plateHeight),
        ];
        PixelRect? best = null;
        long nearest = long.MaxValue;
        foreach (int y in rows.Where(y => y >= 0 && y + plateHeight <= height).Distinct())
        {
            foreach (int x in columns.Where(x => x >= 0 && x + plateWidth <= width).Distinct())
            {
                var plate = new PixelRect(x, y, plateWidth, plateHeight);
                long distance = Distance(plate, box);
                if (distance < nearest && IsFree(plate))
                    (best, nearest) = (plate, distance);
            }
        }

        return best;
    }

    // Squared distance of the nearest edges; among places that touch, the middles decide.
    private static long Distance(PixelRect a, PixelRect b)
    {
        long gapX = Math.Max(0, Math.Max(b.X - a.Right, a.X - b.Right));
        long gapY = Math.Max(0, Math.Max(b.Y - a.Bottom, a.Y - b.Bottom));
        long middleX = (a.X + a.Right - b.X - b.Right) / 2, middleY = (a.Y + a.Bottom - b.Y - b.Bottom) / 2;
        return 16 * (gapX * gapX + gapY * gapY) + middleX * middleX + middleY * middleY;
    }

    // The plate that was in the way of one place is often in the way of the next: with hundreds of labels it is looked at first.
    private bool IsFree(PixelRect plate)
    {
        if (!plate.Intersect(_taken[_lastInTheWay]).IsEmpty)
            return false;
        for (int i = 0; i < _taken.Count; i++)
        {
            if (!plate.Intersect(_taken[i]).IsEmpty)
            {
                _lastInTheWay = i;
                return false;
            }
        }

        return true;
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
