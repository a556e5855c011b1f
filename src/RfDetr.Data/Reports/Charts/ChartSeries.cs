namespace RfDetr.Data;

/// <summary>One line of a chart.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Points">By rising x; a y that is not finite is a gap.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>At most <paramref name="most"/> points: means of neighbors. Gaps that fall between values vanish.</summary>
    public ChartSeries Thinned(int most)
    {
        if (Points.Count <= most)
            return this;
        var thin = new List<(double X, double Y)>(most);
        for (int i = 0; i < most; i++)
        {
            int from = (int)((long)i * Points.Count / most), to = (int)((long)(i + 1) * Points.Count / most);
            (double X, double Y)[] part = [.. Points.Skip(from).Take(to - from).Where(p => double.IsFinite(p.Y))];
            if (part.Length > 0)
                thin.Add((part.Average(p => p.X), part.Average(p => p.Y)));
        }

        return this with { Points = thin };
    }
}
