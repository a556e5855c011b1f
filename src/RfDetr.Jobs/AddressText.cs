namespace RfDetr.Jobs;

/// <summary>Parts that addresses of servers have in common, and the words of those servers.</summary>
internal static class AddressText
{
    /// <summary>The settings behind the question mark, decoded; one without a value has an empty one.</summary>
    public static IEnumerable<(string Name, string Value)> Settings(Uri uri)
    {
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] words = pair.Split('=', 2);
            yield return (words[0], Uri.UnescapeDataString(words.Length > 1 ? words[1] : ""));
        }
    }

    /// <summary>A host as it stands in an address: IPv6 in brackets.</summary>
    public static string Host(string host) => host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host;

    /// <summary>A server's message as a part of a sentence: one line without its full stop.</summary>
    public static string Reason(string message) => message.ReplaceLineEndings(" ").Trim().TrimEnd('.');
}
