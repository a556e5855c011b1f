namespace RfDetr;

/// <summary>Search for the known names that a misspelt one may stand for.</summary>
internal static class NearestNames
{
    /// <summary>At most three names within an edit distance of a third of the name's length, nearest first.</summary>
    public static string[] Find(string name, IReadOnlyList<string> known)
    {
        int limit = Math.Max(1, Math.Min(name.Length, 40) / 3);
        return [.. known.Select(k => (Name: k, Edits: Edits(name.ToLowerInvariant(), k.ToLowerInvariant())))
            .Where(k => k.Edits <= limit).OrderBy(k => k.Edits).Take(3).Select(k => k.Name)];
    }

    /// <summary>Least number of letters put in, left out or changed (Levenshtein).</summary>
    private static int Edits(string a, string b)
    {
        if (a.Length > 200)
            return int.MaxValue; // not a misspelt name
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            (int diagonal, row[0]) = (row[0], i);
            for (int j = 1; j <= b.Length; j++)
            {
                int changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(changed, 1 + Math.Min(row[j], row[j - 1]));
            }
        }

        return row[^1];
    }
}
