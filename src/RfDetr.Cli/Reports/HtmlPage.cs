using System.Globalization;
using System.Net;
using System.Text;

namespace RfDetr.Cli.Reports;

/// <summary>A page that needs nothing but itself: styles, charts and images are inside; light or dark as the reader's system is.</summary>
internal sealed class HtmlPage(string title)
{
    // Colors are named here only; charts refer to them as s0 … s5 (series), ink, faint and grid.
    private const string Style = """
        :root{color-scheme:light dark;--paper:#ffffff;--card:#f6f7f9;--ink:#1c2024;--faint:#656d76;--grid:#dfe3e8;--s0:#2f6fde;--s1:#d9730d;--s2:#1a8f5a;--s3:#8250c8;--s4:#cf2f3b;--s5:#0f8b8d}
        @media (prefers-color-scheme:dark){:root{--paper:#14171a;--card:#1d2126;--ink:#e6e8ea;--faint:#9aa4ae;--grid:#30363d;--s0:#6ea8ff;--s1:#f0a35e;--s2:#55c28f;--s3:#b794f4;--s4:#ff7b84;--s5:#4fc3c5}}
        *{box-sizing:border-box}body{margin:0 auto;max-width:72rem;padding:1.5rem;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
        h1{font-size:1.6rem;margin:.2rem 0}h2{font-size:1.15rem;margin:2rem 0 .5rem}p{margin:.4rem 0}.faint{color:var(--faint)}.warn{border-left:4px solid var(--s1);padding:.2rem .8rem;background:var(--card)}
        table{border-collapse:collapse;margin:.6rem 0;font-variant-numeric:tabular-nums}th,td{padding:.25rem .8rem .25rem 0;text-align:right;border-bottom:1px solid var(--grid);vertical-align:top}
        th{color:var(--faint);font-weight:600}th:first-child,td:first-child{text-align:left}td.text,th.text{text-align:left}.scroll{overflow-x:auto}
        svg{display:block;max-width:100%;height:auto;margin:.6rem 0}svg text{fill:var(--faint);font:12px system-ui,sans-serif}svg .ink{fill:var(--ink)}
        figure{margin:1rem 0;padding:.8rem;background:var(--card);border-radius:8px}figcaption{margin-bottom:.5rem;overflow-wrap:anywhere}.pair{display:grid;grid-template-columns:1fr 1fr;gap:.6rem}.pair img{width:100%;border-radius:4px;display:block}
        .key{display:inline-block;width:.8em;height:.8em;border-radius:2px;margin:0 .35em 0 1em;vertical-align:-.05em}.key:first-child{margin-left:0}
        @media print{body{max-width:none}}
        """;

    private readonly StringBuilder _body = new();

    /// <summary>Text with the characters of HTML made harmless.</summary>
    public static string Text(string text) => WebUtility.HtmlEncode(text);

    public static string Text(FormattableString text) => Text(text.ToString(CultureInfo.InvariantCulture));

    public HtmlPage Heading(string text) => Raw($"<h2>{Text(text)}</h2>");

    public HtmlPage Paragraph(string text, string? style = null) => Raw(style is null ? $"<p>{Text(text)}</p>" : $"<p class=\"{style}\">{Text(text)}</p>");

    /// <summary>Rows of plain text. Columns after the first are aligned to the right unless named in <paramref name="textColumns"/>.</summary>
    public HtmlPage Table(IReadOnlyList<string> headings, IEnumerable<IReadOnlyList<string>> rows, params int[] textColumns)
    {
        string Cells(IReadOnlyList<string> cells, string tag) =>
            string.Concat(cells.Select((c, i) => $"<{tag}{(textColumns.Contains(i) ? " class=\"text\"" : "")}>{Text(c)}</{tag}>"));
        _body.Append("<div class=\"scroll\"><table><thead><tr>").Append(Cells(headings, "th")).Append("</tr></thead><tbody>");
        foreach (IReadOnlyList<string> row in rows)
            _body.Append("<tr>").Append(Cells(row, "td")).Append("</tr>");
        _body.Append("</tbody></table></div>\n");
        return this;
    }

    /// <summary>Names beside their colors.</summary>
    public HtmlPage Legend(params (string Color, string Name)[] items) =>
        Raw($"<p class=\"faint\">{string.Concat(items.Select(i => $"<span class=\"key\" style=\"background:var(--{i.Color})\"></span>{Text(i.Name)}"))}</p>");

    /// <summary>HTML as it is; text in it must have gone through <see cref="Text(string)"/>.</summary>
    public HtmlPage Raw(string html)
    {
        _body.Append(html).Append('\n');
        return this;
    }

    /// <summary>Writes the page, making its folder where needed.</summary>
    public void Save(string path) => AtomicFile.WriteText(path, ToString(), flushToDisk: false);

    public override string ToString() =>
        $"""
        <!doctype html>
        <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>{Text(title)}</title><style>
        {Style}
        </style></head><body><h1>{Text(title)}</h1>
        {_body}</body></html>

        """;
}
