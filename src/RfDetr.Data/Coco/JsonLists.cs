using System.Text.Json;

namespace RfDetr.Data;

/// <summary>Fields and lists of numbers, read at a property's name.</summary>
internal static class JsonLists
{
    /// <summary>Far beyond any image, and small enough for sums and products of such numbers to be finite.</summary>
    private const double LargestPixel = 1e15;

    /// <summary>Passes over a property of no interest.</summary>
    public static void Pass(ref JsonCursor json)
    {
        json.Next();
        json.Skip();
    }

    public static long WholeField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        return json.Whole();
    }

    /// <summary>A number, or a text that stands for one.</summary>
    public static long IdField(this ref JsonCursor json, string field, CocoIds ids)
    {
        json.Enter(field);
        return json.Token == JsonTokenType.String ? ids.Of(json.Text) : json.Whole();
    }

    /// <summary>
    /// A side of an image in pixels; 0 where the file says nothing (null, 0, no number) or what no image has (below 0, beyond the
    /// limit, fractions): the image itself knows better, and boxes need none.
    /// </summary>
    public static int SideField(this ref JsonCursor json, string field, int most)
    {
        json.Enter(field);
        bool isSize = !json.TryNumber(out double value) || (value >= 0 && value <= most && Math.Floor(value) == value);
        return json.Token == JsonTokenType.Null || !isSize ? 0 : json.Whole(0, most);
    }

    public static int WholeField(this ref JsonCursor json, string field, int least, int most)
    {
        json.Enter(field);
        return json.Whole(least, most);
    }

    public static double NumberField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        return json.Number();
    }

    public static string StringField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        return json.String();
    }

    public static string? OptionalStringField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        return json.Token == JsonTokenType.Null ? null : json.String();
    }

    /// <summary>0, 1, false, true, or null for false.</summary>
    public static bool FlagField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        return json.Token switch
        {
            JsonTokenType.True => true,
            JsonTokenType.False or JsonTokenType.Null => false,
            _ => json.Whole(0, 1) == 1,
        };
    }

    /// <summary>A box of four numbers; null for null and for an empty list.</summary>
    public static BoxXywh? BoxField(this ref JsonCursor json, string field)
    {
        json.Enter(field);
        if (json.Token == JsonTokenType.Null)
            return null;
        if (json.Token != JsonTokenType.StartArray)
            throw json.Wrong("a list [x, y, width, height]");
        Span<double> values = stackalloc double[4];
        int count = 0;
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next(), count++)
        {
            if (count == 4)
                throw json.Error("has more than four numbers; it must be [x, y, width, height]");
            values[count] = json.Number();
            if (Math.Abs(values[count]) > LargestPixel)
                throw json.Error(Invariant.Text($"has {values[count]}, which is no place in an image"));
        }

        return count switch
        {
            0 => null,
            4 => new BoxXywh(values[0], values[1], values[2], values[3]),
            _ => throw json.Error($"has {count} numbers; it must be [x, y, width, height]"),
        };
    }

    /// <summary>The numbers of a list whose '[' is the token.</summary>
    public static double[] Numbers(this ref JsonCursor json, List<double> scratch)
    {
        scratch.Clear();
        for (json.Next(); json.Token != JsonTokenType.EndArray; json.Next())
            scratch.Add(json.Number());
        return [.. scratch];
    }

    /// <summary>The error about an entry without some of its fields.</summary>
    public static DataSetFormatException Missing(
        this ref readonly JsonCursor json, params ReadOnlySpan<(string Name, bool IsMissing)> fields)
    {
        var names = new List<string>();
        foreach ((string name, bool isMissing) in fields)
        {
            if (isMissing)
                names.Add($"'{name}'");
        }

        return json.Error($"has no {string.Join(", ", names)}");
    }

    private static void Enter(this ref JsonCursor json, string field)
    {
        json.Field = field;
        json.Next();
    }
}
