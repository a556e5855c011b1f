namespace RfDetr;

/// <summary>Orders names as people count: <c>p9</c> before <c>p10</c>; ordinal otherwise. (.NET's own numeric ordering needs ICU, which this project runs without.)</summary>
internal sealed class NaturalOrder : IComparer<string>
{
    public static NaturalOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        ReadOnlySpan<char> a = x, b = y;
        while (a.Length > 0 && b.Length > 0)
        {
            int order = char.IsAsciiDigit(a[0]) && char.IsAsciiDigit(b[0]) ? CompareNumbers(ref a, ref b) : a[0].CompareTo(b[0]);
            if (order != 0)
                return order;
            (a, b) = (a.Length > 0 ? a[1..] : a, b.Length > 0 ? b[1..] : b);
        }

        // "07" and "7" count alike; an order all the same, so that results do not depend on the folder's.
        return a.Length != b.Length ? a.Length.CompareTo(b.Length) : string.CompareOrdinal(x, y);
    }

    /// <summary>Compares the numbers that both begin with, of any length, and leaves each at its last digit.</summary>
    private static int CompareNumbers(ref ReadOnlySpan<char> a, ref ReadOnlySpan<char> b)
    {
        ReadOnlySpan<char> p = Digits(a), q = Digits(b);
        (a, b) = (a[(p.Length - 1)..], b[(q.Length - 1)..]);
        (p, q) = (p.TrimStart('0'), q.TrimStart('0'));
        return p.Length != q.Length ? p.Length.CompareTo(q.Length) : p.SequenceCompareTo(q);
    }

    private static ReadOnlySpan<char> Digits(ReadOnlySpan<char> text)
    {
        int end = text.IndexOfAnyExceptInRange('0', '9');
        return end < 0 ? text : text[..end];
    }
}
