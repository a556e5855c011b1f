namespace RfDetr;

/// <summary>Inputs as users name them, turned into images: files, folders, glob patterns, addresses, standard input.</summary>
public static class ImageInputs
{
    /// <summary>The name of standard input.</summary>
    public const string StandardInput = "-";

    // AVIF and HEIF as far as the libvips in use reads them.
    private static readonly HashSet<string> s_endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ".jpg", ".jpeg", ".png", ".webp", ".gif", ".tif", ".tiff", ".bmp", ".avif", ".heif", ".heic",
    };

    /// <summary>True if a file's ending is that of an image. Files named one by one may have any ending.</summary>
    public static bool HasImageEnding(string path) => s_endings.Contains(Path.GetExtension(path));

    /// <summary>
    /// The images that inputs stand for, each once, in the order given; those of a folder or pattern by name, numbers by value.
    /// Nothing is opened: a missing file is reported when it is read.
    /// </summary>
    /// <param name="inputs">
    /// A file; a folder (its files with an image's ending); a pattern with <c>*</c>, <c>?</c> and <c>**</c> (any folders); an
    /// address; <c>-</c>.
    /// </param>
    /// <param name="recursive">True if folders are searched to their depth.</param>
    /// <param name="standardInput">The stream that <c>-</c> reads; null where there is none.</param>
    /// <exception cref="ArgumentException">An input is <c>-</c> and there is no standard input.</exception>
    /// <exception cref="FileNotFoundException">A folder holds no image, or a pattern matches none.</exception>
    public static IReadOnlyList<ImageSource> Expand(
        IEnumerable<string> inputs, bool recursive = false, Stream? standardInput = null)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var sources = new List<ImageSource>();
        foreach (string name in inputs.SelectMany(input => Names(input, recursive)))
        {
            ImageSource source = name != StandardInput
                ? ImageSource.Of(name)
                : new StreamImage(
                    standardInput ?? throw new ArgumentException("there is no standard input to read an image from"), name);
            if (seen.Add(source is FileImage ? Path.GetFullPath(name) : name))
                sources.Add(source);
        }

        return sources;
    }

    private static IEnumerable<string> Names(string input, bool recursive)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(input);
        if (input == StandardInput || ImageUrl.IsUrl(input) || File.Exists(input))
            return [input];
        if (Directory.Exists(input))
            return InFolder(input, recursive);
        return Glob.IsPattern(input) ? Matching(input) : [input];
    }

    private static string[] InFolder(string folder, bool recursive)
    {
        var options = new EnumerationOptions
        {
            RecurseSubdirectories = recursive,
            AttributesToSkip = FileAttributes.System | FileAttributes.Hidden
        };
        string[] found = [.. Directory.EnumerateFiles(folder, "*", options).Where(HasImageEnding).Order(NaturalOrder.Instance)];
        if (found.Length > 0)
            return found;
        throw new FileNotFoundException(recursive
            ? $"no images in folder '{folder}' or below it"
            : $"no images in folder '{folder}'; to search the folders below it too, say so (--recursive)", folder);
    }

    private static string[] Matching(string pattern)
    {
        string[] found = [.. Glob.Expand(pattern).Where(HasImageEnding).Order(NaturalOrder.Instance)];
        return found.Length > 0 ? found : throw new FileNotFoundException($"no images match '{pattern}'", pattern);
    }
}
