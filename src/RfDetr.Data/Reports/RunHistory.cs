namespace RfDetr.Data;

/// <summary>Lines that share a chart.</summary>
/// <param name="Title">Above it.</param>
/// <param name="Series">At least one.</param>
internal sealed record HistoryChart(string Title, IReadOnlyList<ChartSeries> Series);

/// <summary>Course of a run: the content of its <c>metrics.csv</c>, as charts.</summary>
/// <param name="XLabel">Name of the common x axis: <c>step</c> or <c>epoch</c>.</param>
/// <param name="Charts">In the order of the columns.</param>
internal sealed record RunHistory(string XLabel, IReadOnlyList<HistoryChart> Charts)
{
    private const string EpochColumn = "epoch";
    private const double Comparable = 12; // more apart than this, one of two lines is flat

    /// <summary>A run without any.</summary>
    public static RunHistory Empty { get; } = new("step", []);

    /// <summary>Reads a <c>metrics.csv</c>; see <see cref="Of"/>.</summary>
    /// <exception cref="InvalidDataException">It is no such table.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static RunHistory Read(string path) => Of(MetricsTable.Read(path));

    /// <summary>
    /// Makes charts: columns with the same words before their last '/' (<c>valid/box_ap</c>, <c>valid/mask_ap</c>) share one as
    /// long as their sizes are comparable; a column without '/' has its own.
    /// </summary>
    /// <remarks>The x axis is the column <c>epoch</c> where it has another value in each row, else the step.</remarks>
    public static RunHistory Of(MetricsTable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        int epoch = table.Columns.Index().Where(c => c.Item == EpochColumn).Select(c => c.Index).DefaultIfEmpty(-1).First();
        bool byEpoch = epoch >= 0
            && table.Rows.All(r => r.Values[epoch] is not null)
            && table.Rows.Select(r => r.Values[epoch]).Distinct().Count() == table.Rows.Count;
        var charts = new List<(string Group, double Size, List<ChartSeries> Series)>();
        for (int c = 0; c < table.Columns.Count; c++)
        {
            (double X, double Y)[] points =
            [
                .. table.Rows.Where(r => r.Values[c] is not null).Select(r =>
                    (byEpoch ? r.Values[epoch]!.Value : r.Step, r.Values[c]!.Value))
            ];
            if (c != epoch && points.Length > 0)
                Place(charts, table.Columns[c], points);
        }

        return new(byEpoch ? EpochColumn : "step", [.. charts.Select(c => new HistoryChart(Title(c.Group, c.Series), c.Series))]);
    }

    private static void Place(
        List<(string Group, double Size, List<ChartSeries> Series)> charts, string column, (double X, double Y)[] points)
    {
        int slash = column.LastIndexOf('/');
        string group = slash < 0 ? column : column[..slash];
        double size = points.Where(p => double.IsFinite(p.Y)).Select(p => Math.Abs(p.Y)).DefaultIfEmpty(0).Max();
        int at = slash < 0
            ? -1
            : charts.FindIndex(c =>
                c.Group == group && c.Series.Count < Chart.Colors && size <= c.Size * Comparable && c.Size <= size * Comparable);
        var series = new ChartSeries(column[(slash + 1)..], points);
        if (at < 0)
            charts.Add((group, size, [series]));
        else
            charts[at].Series.Add(series);
    }

    private static string Title(string group, List<ChartSeries> series) =>
        series.Count == 1 && group != series[0].Name ? $"{group}: {series[0].Name}" : group;
}
