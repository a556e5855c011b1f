using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace RfDetr.Serve;

/// <summary>
/// Values of a query or a form, with one wording of errors. Python's <c>True</c> and <c>None</c> are understood.
/// </summary>
internal readonly struct QueryValues(Func<string, StringValues> values)
{
    private readonly Func<string, StringValues> _values = values;

    public static QueryValues Of(HttpRequest request) => new(name => request.Query[name]);

    public static QueryValues Of(FormBody form) => new(name => form[name]);

    /// <summary>A text; null if it is missing or empty.</summary>
    public string? Text(string name) => _values(name).ToString() is { Length: > 0 } text && text != "None" ? text : null;

    /// <summary>All texts of a name.</summary>
    public string[] Texts(string name) => [.. _values(name).OfType<string>().Where(t => t.Length > 0)];

    public float? Number(string name, float least, float most)
    {
        if (Text(name) is not { } text)
            return null;
        return float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value)
            && value >= least && value <= most
            ? value
            : throw Bad(name, text, Invariant.Text($"a number from {least} to {most}"));
    }

    public int? Whole(string name, int least, int most)
    {
        if (Text(name) is not { } text)
            return null;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value)
            && value >= least && value <= most
            ? value
            : throw Bad(name, text, Invariant.Text($"a whole number from {least} to {most}"));
    }

    public bool? Flag(string name)
    {
        if (Text(name) is not { } text)
            return null;
        return text.ToLowerInvariant() switch
        {
            "true" or "1" or "on" or "yes" => true,
            "false" or "0" or "off" or "no" => false,
            _ => throw Bad(name, text, "true or false"),
        };
    }

    public PixelRect? Rectangle(string name)
    {
        if (Text(name) is not { } text)
            return null;
        int[] n =
        [
            .. text.Split(',').Select(p =>
                int.TryParse(p, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int v) ? v : -1)
        ];
        return n is [>= 0, >= 0, >= 1, >= 1]
            ? new PixelRect(n[0], n[1], n[2], n[3])
            : throw Bad(name, text, "x,y,w,h: left, top, width and height in whole pixels");
    }

    private static ServeException Bad(string name, string text, string expected) =>
        ServeException.BadRequest(ErrorCodes.Parameter, $"{name} is '{ServeException.Shown(text)}', expected {expected}");
}
