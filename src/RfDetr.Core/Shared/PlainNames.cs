namespace RfDetr;

/// <summary>Characters of names that folders, queues, tables, addresses and command lines bear alike.</summary>
internal static class PlainNames
{
    /// <summary>True for ASCII letters and digits, '-', '_' and '.'.</summary>
    public static bool Allows(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.';

    /// <summary>A text with a hyphen in place of every other character.</summary>
    public static string Of(string text) => string.Concat(text.Select(c => Allows(c) ? c : '-'));
}
