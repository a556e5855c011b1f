using System.Globalization;
using System.Runtime.CompilerServices;

namespace RfDetr;

/// <summary>Interpolated text in the invariant culture, whatever the culture of the thread is.</summary>
internal static class Invariant
{
    /// <summary>The text of an interpolated string, or of several that are joined with <c>+</c>.</summary>
    public static string Text(InvariantTextHandler text) => text.ToStringAndClear();

    /// <summary>A message in one line, as rows and terminals need it; the middle of a very long one is left out.</summary>
    public static string OneLine(string message) => Short(string.Join(
        ' ', message.Split((char[])['\r', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));

    /// <summary>
    /// A text that may hold what a file says, and a file can say megabytes: of more than 2,000 characters the beginning and the
    /// end.
    /// </summary>
    public static string Short(string text)
    {
        const int Longest = 2000;
        return text.Length <= Longest
            ? text
            : Text($"{text[..(Longest / 2)]}… ({text.Length - Longest} characters) …{text[^(Longest / 2)..]}");
    }

    /// <summary>A number with its noun: "1 box", "2 boxes".</summary>
    /// <param name="count">The number.</param>
    /// <param name="one">The noun of one.</param>
    /// <param name="many">The noun of other numbers; null for <paramref name="one"/> with an s.</param>
    public static string Plural(long count, string one, string? many = null) =>
        Text($"{count} {(count == 1 ? one : many ?? one + "s")}");
}

/// <summary>Builds the text of <see cref="Invariant.Text"/>; the compiler writes the calls.</summary>
[InterpolatedStringHandler]
internal ref struct InvariantTextHandler(int literalLength, int formattedCount)
{
    private DefaultInterpolatedStringHandler _text = new(literalLength, formattedCount, CultureInfo.InvariantCulture);

    public void AppendLiteral(string value) => _text.AppendLiteral(value);

    public void AppendFormatted<T>(T value) => _text.AppendFormatted(value);

    public void AppendFormatted<T>(T value, string? format) => _text.AppendFormatted(value, format);

    public void AppendFormatted<T>(T value, int alignment) => _text.AppendFormatted(value, alignment);

    public void AppendFormatted<T>(T value, int alignment, string? format) => _text.AppendFormatted(value, alignment, format);

    public void AppendFormatted(ReadOnlySpan<char> value) => _text.AppendFormatted(value);

    public string ToStringAndClear() => _text.ToStringAndClear();
}
