namespace RfDetr;

/// <summary>
/// Orders names as people count: <c>p9</c> before <c>p10</c>; ordinal otherwise. (.NET's own numeric ordering needs ICU, which
/// this project runs without.)
/// </summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (a.Length > 0 && b.Length > 0)
        {
            int p = Digits(a), q = Digits(b);
            int order = p > 0 && q > 0 ? CompareNumbers(a[..p], b[..q]) : a[0].CompareTo(b[0]);
            if (order != 0)
                return order;
            a = a[Math.Max(p, 1)..];
            b = b[Math.Max(q, 1)..];
        }

        // "07" and "7" count alike; an order all the same, so that results do not depend on the folder's.
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(x, y);
    }

    /// <summary>Compares whole numbers of any length.</summary>
    private static int CompareNumbers(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        ReadOnlySpan<char> p = a.TrimStart('0'), q = b.TrimStart('0');
        return p.Length != q.Length ? p.Length.CompareTo(q.Length) : p.SequenceCompareTo(q);
    }

    /// <summary>Number of digits that the text begins with.</summary>
    private static int Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text.Length : end;
    }
}
