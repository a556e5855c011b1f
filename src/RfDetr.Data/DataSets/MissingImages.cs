using System.Globalization;

namespace RfDetr.Data;

/// <summary>Checks that the images of a split are there before hours are spent on the others.</summary>
internal static class MissingImages
{
    private const int Shown = 3;

    /// <summary>The images whose files exist; the others are one problem.</summary>
    public static List<LabeledImage> Remove(List<LabeledImage> images, string source, string folder, ProblemList problems)
    {
        bool[] there = new bool[images.Count];
        ManyAtOnce.For(there.Length, i => there[i] = File.Exists(images[i].File));
        List<LabeledImage> missing = [.. images.Where((_, i) => !there[i])];
        if (missing.Count == 0)
            return images;
        string names = string.Join(", ", missing.Take(Shown).Select(p => $"'{p.Name}'"));

        // .NET reads names as UTF-8; a file whose name is not can be listed but not opened.
        string cure = missing.Any(p => p.Name.Contains('\uFFFD'))
            ? "A name that is not UTF-8 cannot be opened: rename the file."
            : "Were all files unpacked?";
        problems.Add(new DataSetFormatException(source, string.Create(CultureInfo.InvariantCulture,
            $"{missing.Count} of {images.Count} images are not in '{folder}': {names}{(missing.Count > Shown ? ", …" : "")}. "
            + $"{cure}")));
        return [.. images.Where((_, i) => there[i])];
    }
}
