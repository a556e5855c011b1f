namespace RfDetr.Tracking;

/// <summary>
/// A mask somewhere in a large image, as vertical runs of the columns that it touches. Unlike <see cref="RleMask"/> it does not
/// depend on the size of the image, so masks of different tiles are compared and merged without ever making a bitmap, or runs, of
/// the whole image. Immutable.
/// </summary>
public sealed class TileMask
{
    // Sorted by X, then Top; runs of a column neither overlap nor touch.
    private readonly Run[] _runs;

    private TileMask(Run[] runs)
    {
        _runs = runs;
        foreach (Run run in runs)
            Area += run.Bottom - run.Top;
        Bounds = BoundsOf(runs);
    }

    /// <summary>Number of pixels.</summary>
    public long Area { get; }

    /// <summary>The smallest rectangle around the pixels; empty if there are none.</summary>
    public PixelRect Bounds { get; }

    /// <summary>A tile's mask, moved to its place in the whole image.</summary>
    /// <param name="mask">The mask, of the tile's size.</param>
    /// <param name="x">The tile's left edge in the image.</param>
    /// <param name="y">The tile's upper edge in the image.</param>
    public static TileMask Of(RleMask mask, int x = 0, int y = 0)
    {
        ArgumentNullException.ThrowIfNull(mask);
        var runs = new List<Run>();
        foreach (RleMask.ColumnRun run in mask.ColumnRuns(new PixelRect(0, 0, mask.Width, mask.Height)))
            runs.Add(new Run(run.X + x, run.Top + y, run.Bottom + y));
        return new TileMask([.. runs]);
    }

    /// <summary>The pixels of a rectangle: the mask of a detection whose mask is not known.</summary>
    public static TileMask Of(PixelRect rectangle) =>
        new([.. Enumerable.Range(rectangle.X, Math.Max(0, rectangle.Width))
            .Select(x => new Run(x, rectangle.Y, rectangle.Bottom))]);

    /// <summary>The mask in an image of the given size; what lies outside is cut off.</summary>
    public RleMask ToRle(int height, int width)
    {
        _ = RleMask.CheckSize(height, width);
        var builder = new RleBuilder(height, width, 2 * _runs.Length);
        foreach (Run run in _runs)
        {
            int top = Math.Clamp(run.Top, 0, height), bottom = Math.Clamp(run.Bottom, 0, height);
            if (run.X < 0 || run.X >= width || top >= bottom)
                continue;
            builder.Toggle((long)run.X * height + top);
            builder.Toggle((long)run.X * height + bottom);
        }

        return builder.Build();
    }

    /// <summary>Number of pixels in both masks.</summary>
    public long IntersectionArea(TileMask other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (Bounds.Intersect(other.Bounds).IsEmpty)
            return 0;
        long area = 0;
        for (int i = 0, j = 0; i < _runs.Length && j < other._runs.Length;)
        {
            (Run a, Run b) = (_runs[i], other._runs[j]);
            if (a.X == b.X)
                area += Math.Max(0, Math.Min(a.Bottom, b.Bottom) - Math.Max(a.Top, b.Top));
            if (a.X < b.X || (a.X == b.X && a.Bottom <= b.Bottom))
                i++;
            else
                j++;
        }

        return area;
    }

    /// <summary>Pixels in either mask.</summary>
    public TileMask Union(TileMask other)
    {
        ArgumentNullException.ThrowIfNull(other);
        var runs = new List<Run>(_runs.Length + other._runs.Length);
        for (int i = 0, j = 0; i < _runs.Length || j < other._runs.Length;)
        {
            bool first = j == other._runs.Length || (i < _runs.Length && _runs[i].CompareTo(other._runs[j]) <= 0);
            Run next = first ? _runs[i++] : other._runs[j++];
            if (runs.Count > 0 && runs[^1] is var last && last.X == next.X && next.Top <= last.Bottom)
                runs[^1] = last with { Bottom = Math.Max(last.Bottom, next.Bottom) };
            else
                runs.Add(next);
        }

        return new TileMask([.. runs]);
    }

    private static PixelRect BoundsOf(Run[] runs)
    {
        if (runs.Length == 0)
            return default;
        int top = runs.Min(r => r.Top), left = runs[0].X;
        return new PixelRect(left, top, runs[^1].X - left + 1, runs.Max(r => r.Bottom) - top);
    }

    // Rows Top .. Bottom−1 of column X.
    private readonly record struct Run(int X, int Top, int Bottom)
    {
        public int CompareTo(Run other) => X != other.X ? X.CompareTo(other.X) : Top.CompareTo(other.Top);
    }
}
