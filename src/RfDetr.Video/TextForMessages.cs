using System.Text.RegularExpressions;

namespace RfDetr.Video;

/// <summary>Makes text from outside fit for a message: short, without control characters, without passwords.</summary>
internal static partial class TextForMessages
{
    private const int Longest = 300;

    /// <summary>One line without control characters and passwords.</summary>
    public static string Line(string text)
    {
        string safe = new([.. text.Select(c => char.IsControl(c) ? ' ' : c)]);
        safe = Address(safe).Trim();
        return safe.Length <= Longest ? safe : safe[..Longest] + "…";
    }

    /// <summary>The text with user names and passwords of addresses replaced by ***.</summary>
    public static string Address(string text) => Credentials().Replace(text, "$1***@");

    [GeneratedRegex(@"(\b[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s@]*@")]
    private static partial Regex Credentials();
}
