namespace RfDetr.Serve;

/// <summary>A model that is served, and the names that it answers to.</summary>
/// <param name="Model">A file, the name of downloaded weights, or a built-in model.</param>
/// <param name="Names">Names in requests, the model's own first; at least one.</param>
public sealed record ModelChoice(string Model, IReadOnlyList<string> Names)
{
    /// <summary>
    /// Reads <c>MODEL</c> or <c>MODEL=ALIAS,…</c>. A model is also known by its own name: that of the weights, or of the file
    /// without folder and ending.
    /// </summary>
    /// <exception cref="FormatException">A name is missing or holds characters that no name may have.</exception>
    public static ModelChoice Parse(string text)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text);
        int at = File.Exists(text) ? -1 : text.LastIndexOf('=');
        string model = at < 0 ? text : text[..at];
        string[] aliases = at < 0 ? [] : text[(at + 1)..].Split(',', StringSplitOptions.TrimEntries);
        if (model.Length == 0)
            throw new FormatException("names no model before '='");
        foreach (string alias in aliases)
        {
            if (!ModelNames.IsName(alias))
                throw new FormatException(
                    $"has the alias '{alias}'; expected letters, digits, '.', '_', '-' and at most one '/'");
        }

        return new ModelChoice(model, [.. aliases.Prepend(ModelNames.OwnName(model)).Distinct(StringComparer.Ordinal)]);
    }
}
