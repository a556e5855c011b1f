using System.Text;

namespace RfDetr;

/// <summary>
/// Names for files made from images, no two alike even where file systems ignore case or endings differ: <c>a/1.jpg</c> and
/// <c>b/1.png</c> become <c>1</c> and <c>b_1</c>. The same images in the same order always get the same names. Not safe for
/// several threads at once.
/// </summary>
internal sealed class UniqueNames
{
    private const int MaxLength = 120;

    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>A file name without ending for the next image.</summary>
    /// <param name="source">Path or address of the image, or <c>-</c> for standard input.</param>
    public string StemFor(string source)
    {
        ArgumentNullException.ThrowIfNull(source);
        bool isUrl = ImageUrl.IsUrl(source);
        string[] parts = (
            isUrl && Uri.TryCreate(source, UriKind.Absolute, out Uri? address)
                ? Uri.UnescapeDataString(address.AbsolutePath)
                : source)
            .Split('/', '\\');
        // The images of a stream are called -, -#2, -#3: names of files must not begin like options.
        string stem = source == "-" ? "stdin"
            : source.StartsWith("-#", StringComparison.Ordinal) ? $"stdin-{Clean(source[2..])}"
            : Clean(Path.GetFileNameWithoutExtension(parts[^1]));
        if (_taken.Add(stem))
            return stem;
        string longer = parts.Length > 1 && Clean(parts[^2]) is { Length: > 0 } parent ? $"{parent}_{stem}" : stem;
        string name = longer;
        for (int i = 2; !_taken.Add(name); i++)
            name = Invariant.Text($"{longer}-{i}");
        return name;
    }

    /// <summary>The text as (part of) a file name on every system.</summary>
    public static string Clean(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var name = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxLength)))
            name.Append(char.IsControl(c) || "<>:\"/\\|?*".Contains(c, StringComparison.Ordinal) ? '_' : c);
        string clean = name.ToString().Trim('.', ' ');
        return clean.Length > 0 ? clean : "image";
    }
}
