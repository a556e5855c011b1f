namespace RfDetr.Data;

/// <summary>One line of a chart, or one cloud of dots.</summary>
/// <param name="Name">The name in the legend; an empty name has no entry there.</param>
/// <param name="Points">Lines: in ascending order of x; a y that is not finite is a gap. Dots: in any order.</param>
internal sealed record ChartSeries(string Name, IReadOnlyList<(double X, double Y)> Points)
{
    /// <summary>True for dots that no line joins.</summary>
    public bool Dots { get; init; }

    /// <summary>
    /// The color's class in the style sheet: <c>c0</c> … <c>c7</c> or <c>cs</c> (soft); null for that of the series' position.
    /// </summary>
    internal string? Color { get; init; }

    /// <summary>
    /// The series with at most <paramref name="most"/> points. Neighbors on a line become their mean, and gaps that fall between
    /// values vanish. Of dots every n-th is kept: a mean would hide outliers.
    /// </summary>
    public ChartSeries Thinned(int most)
    {
        if (Points.Count <= most)
            return this;
        if (Dots)
        {
            int step = (Points.Count + most - 1) / most;
            return this with { Points = [.. Points.Where((_, i) => i % step == 0)] };
        }

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
