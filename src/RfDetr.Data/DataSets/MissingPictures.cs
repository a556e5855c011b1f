namespace RfDetr.Data;

/// <summary>Checks that the pictures of a split are there before hours are spent on the others.</summary>
internal static class MissingPictures
{
    private const int Shown = 3;

    /// <summary>The pictures whose files exist; the others are one problem.</summary>
    public static List<LabelledPicture> Remove(List<LabelledPicture> pictures, string source, string folder, ProblemList problems)
    {
        bool[] there = new bool[pictures.Count];
        ManyAtOnce.For(there.Length, i => there[i] = File.Exists(pictures[i].File));
        List<LabelledPicture> missing = [.. pictures.Where((_, i) => !there[i])];
        if (missing.Count == 0)
            return pictures;
        string names = string.Join(", ", missing.Take(Shown).Select(p => $"'{p.Name}'"));
        problems.Add(new DataSetFormatException(source, FormattableString.Invariant(
            $"{missing.Count} of {pictures.Count} pictures are not in '{folder}': {names}{(missing.Count > Shown ? ", …" : "")}. Were all files unpacked?")));
        return [.. pictures.Where((_, i) => there[i])];
    }
}
