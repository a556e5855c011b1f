using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Threading.RateLimiting;

namespace RfDetr.Serve;

/// <summary>The rights of a key.</summary>
[Flags]
internal enum Rights
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Detections.</summary>
    Infer = 1,

    /// <summary>Loading, replacing and unloading models.</summary>
    Models = 2,

    /// <summary>The metrics.</summary>
    Metrics = 4,

    /// <summary>Everything.</summary>
    All = Infer | Models | Metrics,
}

/// <summary>A key as the server knows it: never the key itself.</summary>
internal sealed class ApiKey(string name, byte[] digest, Rights rights, RateLimiter? rate)
{
    /// <summary>Its name in logs.</summary>
    public string Name { get; } = name;

    public Rights Rights { get; } = rights;

    /// <summary>Its token bucket; null: no limit.</summary>
    public RateLimiter? Rate { get; } = rate;

    public bool Is(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(digest, other);
}

/// <summary>
/// A file of keys, one in each line: <c>NAME DIGEST RIGHTS [RATE]</c>. DIGEST is the SHA-256 of the key in hex, RIGHTS any of
/// <c>infer,models,metrics</c> or <c>all</c>, RATE images such as <c>10/s</c> or <c>600/min</c>. Lines that begin with # are
/// notes.
/// </summary>
internal static class KeyFile
{
    private const int MaxBytes = 1 << 20;

    /// <summary>Reads the keys of a file.</summary>
    /// <exception cref="ArgumentException">The file is too large, a line is not a key, or there is none.</exception>
    public static IReadOnlyList<ApiKey> Read(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists)
            throw new FileNotFoundException($"there is no key file '{path}'", path);
        if (file.Length > MaxBytes)
            throw new ArgumentException(
                Invariant.Text($"the key file '{path}' has {file.Length} bytes; the limit is {MaxBytes}"));
        return Parse(File.ReadLines(path), path);
    }

    /// <summary>Reads the keys of lines.</summary>
    public static IReadOnlyList<ApiKey> Parse(IEnumerable<string> lines, string source)
    {
        var keys = new List<ApiKey>();
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            string[] parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (parts.Length == 0 || parts[0].StartsWith('#'))
                continue;
            try
            {
                keys.Add(ParseKey(parts));
            }
            catch (FormatException e)
            {
                throw new ArgumentException(Invariant.Text(
                    $"{source}, line {number}: {e.Message}; expected NAME DIGEST RIGHTS [RATE] (make one with --make-key NAME)"));
            }
        }

        if (keys.Count == 0)
            throw new ArgumentException($"{source} has no key; make one with --make-key NAME");
        return keys.Select(k => k.Name).Distinct(StringComparer.Ordinal).Count() == keys.Count
            ? keys
            : throw new ArgumentException($"{source} has two keys of one name");
    }

    /// <summary>A new key of 256 random bits, and the line of a key file that knows it.</summary>
    public static (string Key, string Line) Make(string name)
    {
        if (name.Length == 0 || name[0] == '#' || name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)))
            throw new ArgumentException($"'{name}' is no name of a key; expected one word");
        string key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        return (key, $"{name} {Convert.ToHexStringLower(Digest(key))} infer");
    }

    /// <summary>The digest of a key.</summary>
    public static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static ApiKey ParseKey(string[] parts)
    {
        if (parts.Length is < 3 or > 4)
            throw new FormatException(Invariant.Text($"{parts.Length} words"));
        string hex = parts[1].StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? parts[1][7..] : parts[1];
        if (hex.Length != 64 || !hex.All(char.IsAsciiHexDigit))
            throw new FormatException("the digest is not a SHA-256 of 64 hex digits (a key itself is never stored)");
        return new ApiKey(
            parts[0], Convert.FromHexString(hex), ParseRights(parts[2]), parts.Length == 4 ? ParseRate(parts[3]) : null);
    }

    private static Rights ParseRights(string text)
    {
        Rights rights = Rights.None;
        foreach (string word in text.Split(','))
        {
            rights |= word.ToLowerInvariant() switch
            {
                "infer" => Rights.Infer,
                "models" => Rights.Models,
                "metrics" => Rights.Metrics,
                "all" => Rights.All,
                _ => throw new FormatException($"'{word}' is no right; there are infer, models, metrics and all"),
            };
        }

        return rights;
    }

    private static TokenBucketRateLimiter ParseRate(string text)
    {
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int count)
            || count is < 1 or > 1_000_000)
            throw new FormatException($"'{text}' is no rate such as 10/s or 600/min");
        double seconds = parts[1] switch
        {
            "s" => 1,
            "min" => 60,
            "h" => 3600,
            _ => throw new FormatException($"'{text}' is no rate such as 10/s or 600/min"),
        };

        // A token at a time, so that the wait for the next one is short; several where they come faster than a timer ticks.
        double every = Math.Max(seconds / count, 0.02);
        return new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = count,
            TokensPerPeriod = Math.Max(1, (int)Math.Round(every * count / seconds)),
            ReplenishmentPeriod = TimeSpan.FromSeconds(every),
            QueueLimit = 0,
            AutoReplenishment = true,
        });
    }
}
