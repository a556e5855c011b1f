namespace RfDetr.Data;

/// <summary>Content of a report; whatever is missing is left out.</summary>
internal sealed record RunReportContent
{
    /// <summary>The heading.</summary>
    public required string Title { get; init; }

    /// <summary>Facts below it: model, data, options, duration; name and value.</summary>
    public IReadOnlyList<(string Name, string Value)> Facts { get; init; } = [];

    /// <summary>Course of the run.</summary>
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

/// <summary>
/// <c>report.html</c>: one file with curves, classes, confusion and images that needs nothing but a browser, offline.
/// </summary>
internal static class RunReport
{
    /// <summary>Writes the file; it appears only when it is complete.</summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Content of the report.</param>
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
        var page = new ReportPage(content.Title);
        page.Facts(content.Facts);
        foreach (EvaluationResult result in content.Evaluations)
        {
            page.Heading(result.Kind == EvaluationKind.Boxes ? "Boxes" : "Masks");
            ReportClasses.Write(page.Html, result);
        }

        WriteHistory(page, content.History);
        if (content.Examples.Count > 0)
            page.Heading("Examples: truth and detections");
        foreach (ExamplePair example in content.Examples)
            page.Pair((example.Truth, $"{example.Caption} — truth"), (example.Found, example.FoundCaption));
        return page.ToHtml();
    }

    private static void WriteHistory(ReportPage page, RunHistory history)
    {
        if (history.Charts.Count == 0)
            return;
        page.Heading("Curves").Charts([.. history.Charts.Select(c => new Chart(c.Title, history.XLabel, c.Series))]);
    }
}
