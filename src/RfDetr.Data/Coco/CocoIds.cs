using System.Globalization;

namespace RfDetr.Data;

/// <summary>
/// Ids that a COCO file writes as text. A text that is a number is that number; any other gets a number of its own.
/// </summary>
internal sealed class CocoIds
{
    private readonly Dictionary<string, long> _numbers = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> _texts = new(MixedHash.Instance);

    /// <summary>
    /// The number of a text; equal texts have equal numbers, in this file and in results that are read with it.
    /// </summary>
    public long Of(string text)
    {
        if (!_numbers.TryGetValue(text, out long number))
        {
            bool isNumber = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number)
                && number.ToString(CultureInfo.InvariantCulture) == text;
            number = isNumber ? number : long.MinValue + _numbers.Count;
            _numbers.Add(text, number);
            _texts[number] = text;
        }

        return number;
    }

    /// <summary>An id as its file spells it.</summary>
    public string Text(long id) =>
        _texts.TryGetValue(id, out string? text) ? $"'{text}'" : id.ToString(CultureInfo.InvariantCulture);

    /// <summary>
    /// Ranks that stand in the order in which pycocotools sorts the ids, which decides between equal scores of different images:
    /// by code units where all are text. Null where the ids themselves stand in that order.
    /// </summary>
    public Dictionary<long, long>? Ranks(IEnumerable<long> ids)
    {
        long[] all = [.. ids];
        if (_texts.Count == 0 || !all.All(_texts.ContainsKey))
            return null;
        var ranks = new Dictionary<long, long>(MixedHash.Instance);
        foreach (long id in all.Distinct(MixedHash.Instance).OrderBy(id => _texts[id], StringComparer.Ordinal))
            ranks.Add(id, ranks.Count);
        return ranks;
    }
}
