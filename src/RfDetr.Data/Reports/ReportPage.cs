namespace RfDetr.Data;

/// <summary>
/// A page that needs nothing but a browser, offline: styles, charts and images are inside; light or dark as the reader's system
/// is. All reports are made of it: training runs, evaluations, benchmarks, comparisons.
/// </summary>
/// <param name="title">The heading.</param>
internal sealed class ReportPage(string title)
{
    private const string Head =
        """
        <!DOCTYPE html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">

        """;

    /// <summary>The page's content below its heading, for parts that write themselves.</summary>
    public HtmlWriter Html { get; } = new();

    /// <summary>Small print: names with their values in a row.</summary>
    public ReportPage Facts(IEnumerable<(string Name, string Value)> facts)
    {
        Html.Open("div", "facts");
        foreach ((string name, string value) in facts)
            Html.Element("span", $"{name}: {value}");
        Html.Close("div");
        return this;
    }

    /// <summary>The heading of a section.</summary>
    public ReportPage Heading(string text)
    {
        Html.Element("h2", text);
        return this;
    }

    /// <summary>A paragraph of plain text; <c>soft</c> and <c>warn</c> are styles.</summary>
    public ReportPage Paragraph(string text, string? styleClass = null)
    {
        Html.Element("p", text, styleClass);
        return this;
    }

    /// <summary>
    /// A table of plain text. Columns after the first are aligned to the right unless named in <paramref name="textColumns"/>.
    /// </summary>
    public ReportPage Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, params int[] textColumns)
    {
        void Cells(string tag, IReadOnlyList<string> cells)
        {
            Html.Open("tr");
            for (int i = 0; i < cells.Count; i++)
                Html.Element(tag, cells[i], textColumns.Contains(i) ? "text" : null);
            Html.Close("tr");
        }

        Html.Open("div", "card").Open("table", "wide").Open("thead");
        Cells("th", headings);
        Html.Close("thead").Open("tbody");
        foreach (IReadOnlyList<string> row in rows)
            Cells("td", row);
        Html.Close("tbody").Close("table").Close("div");
        return this;
    }

    /// <summary>Charts beside each other where the window is wide enough.</summary>
    public ReportPage Charts(IReadOnlyList<Chart> charts)
    {
        Html.Open("div", "grid2");
        foreach (Chart chart in charts)
            chart.Write(Html);
        Html.Close("div");
        return this;
    }

    /// <summary>Two images (JPEG) beside each other, each with a caption.</summary>
    public ReportPage Pair((byte[] Jpeg, string Caption) left, (byte[] Jpeg, string Caption) right)
    {
        Html.Open("div", "pair");
        foreach ((byte[] jpeg, string caption) in ((byte[], string)[])[left, right])
        {
            Html.Open("figure").Raw(
                $"<img loading=\"lazy\" alt=\"\" src=\"data:image/jpeg;base64,{Convert.ToBase64String(jpeg)}\">");
            Html.Element("figcaption", caption).Close("figure");
        }

        Html.Close("div");
        return this;
    }

    /// <summary>The whole document.</summary>
    public string ToHtml()
    {
        var html = new HtmlWriter();
        html.Raw(Head).Element("title", title).Open("style").Raw(ReportStyle.Css).Close("style").Raw("</head>\n<body>\n<main>\n");
        html.Element("h1", title).Raw(Html.ToString()).Raw("</main>\n");
        html.Open("script").Raw(ReportStyle.Script).Close("script").Raw("</body>\n</html>\n");
        return html.ToString();
    }

    /// <summary>Writes the file, making its folder where needed; the file appears only when it is complete.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(string path) => AtomicFile.WriteText(path, ToHtml(), flushToDisk: false);
}
