using System.Globalization;

namespace RfDetr.Streams;

/// <summary>A line that counts, in pixels of the frame, before the size of the frames is known.</summary>
/// <param name="Name">Name for counts and events.</param>
/// <param name="X1">Start, from the left.</param>
/// <param name="Y1">Start, from the top.</param>
/// <param name="X2">End, from the left.</param>
/// <param name="Y2">End, from the top.</param>
public sealed record CountingLine(string Name, double X1, double Y1, double X2, double Y2)
{
    /// <summary>Anchor, hysteresis and counting; null for the defaults.</summary>
    public LineZoneOptions? Options { get; init; }

    /// <summary>Reads <c>NAME=x1,y1,x2,y2</c>.</summary>
    /// <exception cref="FormatException">The text is not of this form; the message ends the sentence "'text' …".</exception>
    public static CountingLine Parse(string text)
    {
        (string name, double[] numbers) = CountingText.Read(text, "NAME=x1,y1,x2,y2, for instance door=0,240,640,240");
        if (numbers.Length != 4)
            throw new FormatException($"has {numbers.Length} numbers, but a line has four: NAME=x1,y1,x2,y2");
        return numbers[0] == numbers[2] && numbers[1] == numbers[3]
            ? throw new FormatException("starts and ends at the same point")
            : new CountingLine(name, numbers[0], numbers[1], numbers[2], numbers[3]);
    }

    /// <summary>The line for frames of a size.</summary>
    /// <exception cref="ArgumentException">No point of it lies in the frame.</exception>
    internal LineZone ToZone(int width, int height)
    {
        CountingText.RequireInside("line", Name, [(X1, Y1), (X2, Y2)], width, height);
        return new LineZone(Name, X1, Y1, X2, Y2, Options);
    }
}

/// <summary>A polygon that counts, in pixels of the frame, before the size of the frames is known.</summary>
/// <param name="Name">Name for counts and events.</param>
/// <param name="Corners">The corners in order; the last is joined to the first.</param>
public sealed record CountingZone(string Name, IReadOnlyList<(double X, double Y)> Corners)
{
    /// <summary>Anchors and times; null for the defaults.</summary>
    public PolygonZoneOptions? Options { get; init; }

    /// <summary>Reads <c>NAME=x,y,x,y,x,y…</c>.</summary>
    /// <exception cref="FormatException">The text is not of this form; the message ends the sentence "'text' …".</exception>
    public static CountingZone Parse(string text)
    {
        (string name, double[] numbers) = CountingText.Read(text, "NAME=x,y,x,y,x,y…, for instance yard=0,0,320,0,320,240");
        return numbers.Length >= 6 && numbers.Length % 2 == 0
            ? new CountingZone(name, [.. numbers.Chunk(2).Select(p => (p[0], p[1]))])
            : throw new FormatException(
                $"has {numbers.Length} numbers, but a zone has at least three corners of two numbers each: NAME=x,y,x,y,x,y…");
    }

    /// <summary>The zone for frames of a size.</summary>
    /// <exception cref="ArgumentException">It does not reach into the frame, or has no area.</exception>
    internal PolygonZone ToZone(int width, int height)
    {
        CountingText.RequireInside("zone", Name, Corners, width, height);
        return new PolygonZone(Name, Corners, Options);
    }
}

/// <summary>Reading and checking that lines and zones have in common.</summary>
internal static class CountingText
{
    public static (string Name, double[] Numbers) Read(string text, string form)
    {
        ArgumentNullException.ThrowIfNull(text);
        int at = text.IndexOf('=', StringComparison.Ordinal);
        string name = at > 0 ? text[..at].Trim() : "";
        if (name.Length == 0)
            throw new FormatException($"is not {form}");
        return (name, [.. text[(at + 1)..].Split(',').Select(Number)]);

        double Number(string part) =>
            double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && Math.Abs(value) <= 1e6
                ? value
                : throw new FormatException($"is not {form}: '{part.Trim()}' is not a number of pixels");
    }

    public static void RequireInside(
        string what, string name, IReadOnlyList<(double X, double Y)> points, int width, int height)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0)
            throw new ArgumentException($"The {what} '{name}' has no points.");
        (double left, double right) = (points.Min(p => p.X), points.Max(p => p.X));
        (double top, double bottom) = (points.Min(p => p.Y), points.Max(p => p.Y));
        if (right < 0 || left > width || bottom < 0 || top > height)
        {
            throw new ArgumentException(Invariant.Text(
                $"The {what} '{name}' spans x {left} to {right} and y {top} to {bottom}, outside the frames of {width}×{height} ")
                + "(width × height); give its points in pixels of the frame.");
        }
    }
}
