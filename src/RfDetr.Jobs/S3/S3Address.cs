namespace RfDetr.Jobs;

/// <summary>A place in an S3-compatible store: <c>s3://BUCKET/KEY</c>.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">An object's key, or what keys begin with; not percent-encoded.</param>
internal sealed record S3Address(string Bucket, string Key)
{
    private const string Scheme = "s3://";

    /// <summary>True if a text is an address of a store.</summary>
    public static bool Is(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an address.</summary>
    /// <exception cref="ArgumentException">It is no such address.</exception>
    public static S3Address Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (!Is(text))
            throw new ArgumentException($"'{text}' is no address of a bucket; it has the form s3://BUCKET/PREFIX");
        string[] parts = text[Scheme.Length..].Split('/', 2);
        bool valid = parts[0].Length is >= 3 and <= 63
            && parts[0].All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
        if (!valid)
        {
            throw new ArgumentException(
                $"'{text}' names the bucket '{parts[0]}'; a bucket has 3 to 63 lower-case letters, digits, dots and hyphens");
        }

        return new S3Address(parts[0], parts.Length > 1 ? parts[1] : "");
    }

    public override string ToString() => $"{Scheme}{Bucket}/{Key}";
}
