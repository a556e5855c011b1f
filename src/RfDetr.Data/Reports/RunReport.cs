namespace RfDetr.Data;

/// <summary>What a report shows; whatever is missing is left out.</summary>
public sealed record RunReportContent
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Facts below it: model, data, options, duration; name and value.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>How the run went.</summary>
    public RunHistory History { get; init; } = RunHistory.Empty;

    /// <summary>Evaluations: boxes and masks.</summary>
    public IReadOnlyList<EvaluationResult> Evaluations { get; init; } = [];

    /// <summary>Images with truth and detections.</summary>
    public IReadOnlyList<ExamplePair> Examples { get; init; } = [];

    /// <summary>Boxes and, where there are any, masks.</summary>
    public static IReadOnlyList<EvaluationResult> Both(EvaluationSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return summary.Masks is { } masks ? [summary.Boxes, masks] : [summary.Boxes];
    }
}

/// <summary><c>report.html</c>: one file with curves, classes, confusion and images that needs nothing but a browser, offline.</summary>
public static class RunReport
{
    /// <summary>Writes the file; it appears only when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">What it shows.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static void Write(string path, RunReportContent content)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(content);
        AtomicFile.WriteText(path, ToHtml(content), flushToDisk: false);
    }

    /// <summary>The same as text.</summary>
    public static string ToHtml(RunReportContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var html = new HtmlWriter();
        html.Raw("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
        html.Element("title", content.Title).Open("style").Raw(ReportStyle.Css).Close("style").Raw("</head>\n<body>\n<main>\n");
        html.Element("h1", content.Title).Open("div", "facts");
        foreach ((string name, string value) in content.Facts)
            html.Element("span", $"{name}: {value}");
        html.Close("div");

        foreach (EvaluationResult result in content.Evaluations)
        {
            html.Element("h2", result.Kind == EvaluationKind.Boxes ? "Boxes" : "Masks");
            ReportClasses.Write(html, result);
        }

        WriteHistory(html, content.History);
        WriteExamples(html, content.Examples);
        html.Raw("</main>\n").Open("script").Raw(ReportStyle.Script).Close("script").Raw("</body>\n</html>\n");
        return html.ToString();
    }

    private static void WriteHistory(HtmlWriter html, RunHistory history)
    {
        if (history.Charts.Count == 0)
            return;
        html.Element("h2", "Curves").Open("div", "grid2");
        foreach (HistoryChart chart in history.Charts)
            new LineChart(chart.Title, history.XLabel, chart.Series).Write(html);
        html.Close("div");
    }

    private static void WriteExamples(HtmlWriter html, IReadOnlyList<ExamplePair> examples)
    {
        if (examples.Count == 0)
            return;
        html.Element("h2", "Examples: truth and detections");
        foreach (ExamplePair example in examples)
        {
            html.Open("div", "pair");
            WriteImage(html, example.Truth, $"{example.Caption} — truth");
            WriteImage(html, example.Found, example.FoundCaption);
            html.Close("div");
        }
    }

    private static void WriteImage(HtmlWriter html, byte[] jpeg, string caption)
    {
        html.Open("figure").Raw($"<img loading=\"lazy\" alt=\"\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
        html.Element("figcaption", caption).Close("figure");
    }
}
