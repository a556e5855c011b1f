using System.Globalization;

namespace RfDetr.Data;

/// <summary>The parts of a report about one evaluation: numbers, classes, curves, confusion.</summary>
internal static class ReportClasses
{
    private const int MostCurves = Chart.Colors - 1, MostMatrix = 30, MostConfusions = 25;

    private static readonly string[] s_headings = ["class", "objects", "AP", "AP50", "AP75", "AR", "precision", "recall", "F1"];

    public static void Write(HtmlWriter html, EvaluationResult result)
    {
        IReadOnlyList<double> stats = result.Metrics.Stats;
        html.Open("div", "tiles");
        foreach ((string name, double value) in (ReadOnlySpan<(string, double)>)
            [
                ("AP (IoU .50–.95)", stats[0]), ("AP50", stats[1]), ("AP75", stats[2]), ("AP small", stats[3]),
                ("AP medium", stats[4]), ("AP large", stats[5]), ("AR", result.Metrics.AverageRecall()),
                ("best mean F1", result.Sweep.Best.F1)
            ])
        {
            html.Open("div", "tile").Element("b", Number(value)).Element("span", name).Close("div");
        }

        html.Close("div");
        OperatingPoint best = result.Sweep.Best;
        html.Element("p", string.Create(CultureInfo.InvariantCulture,
            $"{result.Images} images, {result.Classes.Sum(c => c.Objects)} objects. Precision, recall and F1 below are "
                + $"at score {best.Threshold:0.00}, the threshold of the best mean F1, and IoU 0.50; up to "
                + $"{result.Metrics.Options.MaxDetections[^1]} detections per image and class count."), "soft");
        WriteTable(html, result);
        WriteCurves(html, result);
        if (result.Classes.Count <= MostMatrix)
            WriteMatrix(html, result);
        else
            WriteConfusions(html, result);
    }

    private static void WriteTable(HtmlWriter html, EvaluationResult result)
    {
        html.Open("div", "card").Open("table", "wide sortable").Open("thead").Open("tr");
        foreach (string heading in s_headings)
            html.Element("th", heading);
        html.Close("tr").Close("thead").Open("tbody");
        foreach (ClassResult one in result.Classes)
        {
            html.Open("tr").Element("td", one.Class.Name).Element("td", one.Objects.ToString(CultureInfo.InvariantCulture));
            WriteBar(html, one.Ap);
            foreach (double value in (ReadOnlySpan<double>)[one.Ap50, one.Ap75, one.Ar])
                html.Element("td", Number(value));
            foreach (double value in (ReadOnlySpan<double>)[one.AtBest.Precision, one.AtBest.Recall, one.AtBest.F1])
                html.Element("td", one.Objects == 0 ? "–" : Number(value));
            html.Close("tr");
        }

        html.Close("tbody").Close("table").Close("div");
    }

    private static void WriteBar(HtmlWriter html, double ap)
    {
        string share = (Math.Max(ap, 0) * 100).ToString("0", CultureInfo.InvariantCulture);
        html.Raw(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<td data-value=\"{ap:0.####}\"><span class=\"bar\"><i style=\"width:{share}%\"></i></span>"))
            .Text(Number(ap)).Close("td");
    }

    private static void WriteCurves(HtmlWriter html, EvaluationResult result)
    {
        int[] frequent =
        [
            .. Enumerable.Range(0, result.Classes.Count)
                .Where(k => result.Classes[k].Objects > 0).OrderByDescending(k => result.Classes[k].Objects).Take(MostCurves)
        ];
        IReadOnlyList<double> recall = EvaluationOptions.RecallLevels;
        ChartSeries Curve(string name, ReadOnlySpan<double> precision)
        {
            double[] values = precision.ToArray();
            return new(name, [.. values.Select((p, r) => (recall[r], p))]);
        }

        ChartSeries[] precisions =
        [
            Curve("mean", PrecisionCurves.Mean(result.Metrics)),
            .. frequent.Select(k => Curve(result.Classes[k].Class.Name, PrecisionCurves.OfClass(result.Metrics, k)))
        ];
        ChartSeries[] f1 =
        [
            Sweep("mean", result.Sweep.Macro, p => p.F1),
            .. frequent.Select(k => Sweep(result.Classes[k].Class.Name, result.Sweep.Classes[k], p => p.F1)),
        ];
        ChartSeries[] macro =
        [
            Sweep("F1", result.Sweep.Macro, p => p.F1), Sweep("precision", result.Sweep.Macro, p => p.Precision),
            Sweep("recall", result.Sweep.Macro, p => p.Recall)
        ];
        var best = (
            result.Sweep.Best.Threshold,
            string.Create(
                CultureInfo.InvariantCulture, $"F1 {result.Sweep.Best.F1:0.000} at {result.Sweep.Best.Threshold:0.00}"));
        string which = frequent.Length < result.Classes.Count(c => c.Objects > 0)
            ? $", the {frequent.Length} most frequent classes"
            : "";
        html.Element("h3", "Precision, recall and F1").Open("div", "grid2");
        new Chart(
            $"Precision over recall at IoU 0.50{which}", "recall", precisions)
        { XRange = (0, 1), YRange = (0, 1), FirstStandsOut = true }.Write(html);
        new Chart($"F1 over score threshold{which}", "score threshold", f1)
        {
            XRange = (0, 1),
            YRange = (0, 1),
            FirstStandsOut = true,
            Marker = best
        }.Write(html);
        new Chart(
            "Means over score threshold", "score threshold", macro)
        { XRange = (0, 1), YRange = (0, 1), Marker = best }.Write(html);
        html.Close("div");
    }

    private static ChartSeries Sweep(string name, IReadOnlyList<OperatingPoint> points, Func<OperatingPoint, double> value) =>
        new(name, [.. points.Select(p => (p.Threshold, value(p)))]);

    private static void WriteMatrix(HtmlWriter html, EvaluationResult result)
    {
        ConfusionMatrix matrix = result.Confusion;
        string[] names = [.. result.Classes.Select(c => c.Class.Name), "background"];
        html.Element("h3", "Confusion: what is there (rows) against what was found (columns)")
            .Open("div", "card").Open("table", "matrix").Open("thead").Open("tr").Element("th", "");
        foreach (string name in names)
            html.Open("th").Element("span", name).Close("th");
        html.Close("tr").Close("thead").Open("tbody");
        for (int truth = 0; truth < names.Length; truth++)
        {
            int sum = Enumerable.Range(0, names.Length).Sum(found => matrix[truth, found]);
            html.Open("tr").Element("th", names[truth]);
            for (int found = 0; found < names.Length; found++)
                WriteCell(html, matrix[truth, found], sum, truth == matrix.Background && found == matrix.Background);
            html.Close("tr");
        }

        html.Close("tbody").Close("table").Close("div");
    }

    private static void WriteCell(HtmlWriter html, int count, int sum, bool corner)
    {
        double share = sum > 0 ? (double)count / sum : 0;
        string text = corner || count == 0 ? "" : count.ToString(CultureInfo.InvariantCulture);
        html.Raw(
            string.Create(
                CultureInfo.InvariantCulture,
                $"<td style=\"background:rgba(var(--heat),{share * .7:0.###})\" title=\"{share:0.0%} of the row\">{text}</td>"));
    }

    /// <summary>With many classes a matrix cannot be read; its largest entries can.</summary>
    private static void WriteConfusions(HtmlWriter html, EvaluationResult result)
    {
        ConfusionMatrix matrix = result.Confusion;
        string Name(int k) => k == matrix.Background ? "background" : result.Classes[k].Class.Name;
        var worst = from truth in Enumerable.Range(0, matrix.Background + 1)
                    from found in Enumerable.Range(0, matrix.Background + 1)
                    where truth != found && matrix[truth, found] > 0
                    orderby matrix[truth, found] descending
                    select (Truth: Name(truth), Found: Name(found), Count: matrix[truth, found]);
        html.Element("h3", "Most frequent confusions")
            .Open("div", "card").Open("table").Open("thead").Open("tr").Element("th", "is").Element("th", "found as")
            .Element("th", "times").Close("tr").Close("thead").Open("tbody");
        foreach ((string truth, string found, int count) in worst.Take(MostConfusions))
            html.Open("tr")
                .Element("td", truth).Element("td", found).Element("td", count.ToString(CultureInfo.InvariantCulture))
                .Close("tr");
        html.Close("tbody").Close("table").Close("div");
    }

    private static string Number(double value) => value < 0 ? "–" : value.ToString("0.000", CultureInfo.InvariantCulture);
}
