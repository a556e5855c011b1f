using System.Net;
using System.Text;

namespace RfDetr.Data;

/// <summary>Builds HTML; whatever comes from data goes through <see cref="Text"/>, which escapes it.</summary>
internal sealed class HtmlWriter
{
    private readonly StringBuilder _text = new();

    /// <summary>An opening tag with a class of the style sheet.</summary>
    public HtmlWriter Open(string tag, string? styleClass = null) =>
        Raw(styleClass is null ? $"<{tag}>" : $"<{tag} class=\"{styleClass}\">");

    /// <summary>A closing tag.</summary>
    public HtmlWriter Close(string tag) => Raw($"</{tag}>\n");

    /// <summary>A tag with text in it.</summary>
    public HtmlWriter Element(string tag, string text, string? styleClass = null) => Open(tag, styleClass).Text(text).Close(tag);

    /// <summary>Text, escaped for content and for attributes in double quotes.</summary>
    public HtmlWriter Text(string text) => Raw(WebUtility.HtmlEncode(text));

    /// <summary>Mark-up as it is.</summary>
    public HtmlWriter Raw(string markup)
    {
        _ = _text.Append(markup);
        return this;
    }

    /// <summary>Names beside their colors.</summary>
    public HtmlWriter Legend(IEnumerable<(string Name, string Color)> entries)
    {
        Open("div", "legend");
        foreach ((string name, string color) in entries)
            Open("span", $"key {color}").Text(name).Close("span");
        return Close("div");
    }

    /// <inheritdoc/>
    public override string ToString() => _text.ToString();
}
