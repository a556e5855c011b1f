using System.Globalization;

namespace RfDetr;

/// <summary>Reads what Linux tells in text files; nothing, without an error, where there are none.</summary>
internal static class ProcFile
{
    public static IEnumerable<string> Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return []; // a thread that has ended meanwhile, or a file that containers hide
        }
    }

    /// <summary>The value of the first line <c>name : value</c>.</summary>
    public static string? Field(string path, string name)
    {
        foreach (string line in Lines(path))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Trim().SequenceEqual(name))
                return line[(colon + 1)..].Trim();
        }

        return null;
    }

    /// <summary>The number that a value begins with ("1234 kB"); null if there is none.</summary>
    public static double? Number(string? value) =>
        value?.Split(' ')[0] is { } first
            && double.TryParse(first, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
            ? number
            : null;
}
