using System.Globalization;
using System.Text;

namespace RfDetr;

/// <summary>
/// Classes as a command line or a request names them. A class may be called anything, commas included: the whole value is tried
/// as one name first, then it is a list with commas between, in which a name may stand in quotes or have a comma behind a
/// backslash; <c>id:3</c> is the class of id 3.
/// </summary>
internal static class ClassList
{
    private const string IdPrefix = "id:";

    /// <summary>The names of a model's classes that the values of an option stand for.</summary>
    /// <exception cref="ArgumentException">The model has no such class; the message lists those that it has.</exception>
    public static string[] Resolve(IEnumerable<string> values, ClassMap classes, string option) =>
        [
            .. values.SelectMany(value =>
                Find(value, classes) is { } whole ? [whole] : Split(value).Select(name => One(name, classes, option))).Distinct()
        ];

    /// <summary>The one class that a text stands for.</summary>
    /// <exception cref="ArgumentException">The model has no such class; the message lists those that it has.</exception>
    public static string One(string text, ClassMap classes, string option)
    {
        if (Find(text, classes) is { } found)
            return found;
        if (Split(text) is [var unquoted] && Find(unquoted, classes) is { } inner)
            return inner;
        throw new ArgumentException(
            $"{option}: the model has no class '{text}'; it has "
            + $"{string.Join(", ", classes.Entries.Select(e => Quoted(e.Name)))}");
    }

    /// <summary>A list with commas between; quotes and backslashes keep a comma in a name.</summary>
    public static string[] Split(string text)
    {
        var names = new List<string>();
        var name = new StringBuilder();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length && text[i + 1] is ',' or '\\' or '"' or '\'')
                name.Append(text[++i]);
            else if (quote == c)
                quote = '\0';
            else if (quote == '\0' && c is '"' or '\'' && string.IsNullOrWhiteSpace(name.ToString())
                && text.IndexOf(c, i + 1) >= 0)
                quote = c;
            else if (c == ',' && quote == '\0')
                Take(names, name);
            else
                name.Append(c);
        }

        Take(names, name);
        return [.. names];
    }

    private static void Take(List<string> names, StringBuilder name)
    {
        string taken = name.ToString().Trim();
        if (taken.Length > 0)
            names.Add(taken);
        name.Clear();
    }

    private static string? Find(string text, ClassMap classes)
    {
        string plain = text.Trim();
        if (classes.Entries.FirstOrDefault(e => e.Name.Trim().Equals(plain, StringComparison.OrdinalIgnoreCase)) is { } named)
            return named.Name;
        return plain.StartsWith(IdPrefix, StringComparison.OrdinalIgnoreCase)
            && int.TryParse(
                plain.AsSpan(IdPrefix.Length), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int id)
            ? classes.Entries.FirstOrDefault(e => e.Label == id)?.Name
            : null;
    }

    private static string Quoted(string name) => name.Contains(',', StringComparison.Ordinal) ? $"\"{name}\"" : name;
}
