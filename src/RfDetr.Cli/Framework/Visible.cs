using System.Globalization;
using System.Text;

namespace RfDetr.Cli.Framework;

/// <summary>
/// Text that is safe to show: class names, file names and messages come from files and servers, and a terminal obeys control
/// characters in them. They become <c>\u001B</c> and the like, which JSON reads as the same character. The one place where this
/// is decided.
/// </summary>
internal static class Visible
{
    /// <summary>
    /// The text with control characters (but tabs and line ends), bidirectional controls and halves of surrogate pairs spelled
    /// out.
    /// </summary>
    public static string Of(string text)
    {
        int first = FirstHidden(text, 0);
        if (first < 0)
            return text;
        var visible = new StringBuilder(text.Length + 16);
        int copied = 0;
        for (int at = first; at >= 0; at = FirstHidden(text, at + 1))
        {
            visible.Append(text, copied, at - copied).Append(CultureInfo.InvariantCulture, $"\\u{(int)text[at]:X4}");
            copied = at + 1;
        }

        return visible.Append(text, copied, text.Length - copied).ToString();
    }

    private static int FirstHidden(string text, int from)
    {
        for (int i = from; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (pair)
                i++;
            else if (IsHidden(text, i))
                return i;
        }

        return -1;
    }

    private static bool IsHidden(string text, int at) => text[at] switch
    {
        '\t' or '\n' => false,
        '\r' => at + 1 >= text.Length || text[at + 1] != '\n',
        < ' ' or (>= '\u007F' and <= '\u009F') => true,
        '\u061C' or '\u200E' or '\u200F' or '\u2028' or '\u2029' => true,
        (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') => true,
        char c => char.IsSurrogate(c),
    };
}

/// <summary>A writer through which only visible text passes; what is behind it stays open.</summary>
internal sealed class VisibleWriter(TextWriter inner) : TextWriter(CultureInfo.InvariantCulture)
{
    public override Encoding Encoding => inner.Encoding;

    public override void Write(char value) => inner.Write(value is '\r' ? "\r" : Visible.Of(value.ToString()));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(new string(buffer));

    public override void Write(string? value)
    {
        if (value is not null)
            inner.Write(Visible.Of(value));
    }

    public override void WriteLine(string? value)
    {
        Write(value);
        inner.WriteLine();
    }

    public override void Flush() => inner.Flush();
}
