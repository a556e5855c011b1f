using System.Globalization;
using System.Text;

namespace RfDetr.Tracking;

/// <summary>
/// MOTChallenge files: one object per line, <c>frame, id, left, top, width, height, score</c>, in a truth followed by <c>class,
/// visibility</c>, in a result by three numbers without meaning. Frames count from 1.
/// </summary>
public static class MotFile
{
    /// <summary>A file with more lines is refused.</summary>
    public const int MostLines = 20_000_000;

    /// <summary>A larger frame number is refused.</summary>
    public const int LastFrame = 10_000_000;

    private const int LongestLine = 1000;
    private const int FewestFields = 6;
    private const int MostFields = 16;

    /// <summary>Reads a file.</summary>
    /// <returns>Entries by frame, in the file's order within a frame.</returns>
    /// <exception cref="MotFormatException">The file cannot be read, is malformed, or has an id twice in a frame.</exception>
    public static IReadOnlyList<MotEntry> Read(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        try
        {
            using var reader = new StreamReader(path, new UTF8Encoding(false, throwOnInvalidBytes: true));
            return Read(reader, path);
        }
        catch (DecoderFallbackException e)
        {
            throw new MotFormatException(
                $"'{path}' is no text file; a MOTChallenge file has lines such as '1,3,794.2,47.5,71.2,174.8,1,-1,-1,-1'.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MotFormatException($"'{path}' cannot be read: {e.Message}", e);
        }
    }

    /// <summary>Reads lines from a text.</summary>
    /// <param name="reader">The text; stays open.</param>
    /// <param name="name">Name of the text in messages.</param>
    /// <returns>Entries by frame, in the text's order within a frame.</returns>
    /// <exception cref="MotFormatException">The text is malformed, or has an id twice in a frame.</exception>
    public static IReadOnlyList<MotEntry> Read(TextReader reader, string name)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var entries = new List<MotEntry>();
        var seen = new HashSet<(int Frame, int Id)>();
        var line = new StringBuilder();
        for (int number = 1; ReadLine(reader, line, name, number); number++)
        {
            if (number > MostLines)
                throw new MotFormatException($"'{name}' has more than {MostLines} lines.");
            string text = line.ToString();
            if (string.IsNullOrWhiteSpace(text))
                continue;
            MotEntry entry = Parse(text, name, number);
            if (!seen.Add((entry.Frame, entry.Id)))
                throw Bad(name, number,
                    $"the id {entry.Id} appears a second time in frame {entry.Frame}; ids are unique within a frame");
            entries.Add(entry);
        }

        return [.. entries.OrderBy(e => e.Frame)];
    }

    /// <summary>Writes a result: <c>frame, id, left, top, width, height, score, −1, −1, −1</c>.</summary>
    /// <param name="writer">Receives the lines, ended by LF; stays open.</param>
    /// <param name="entries">The objects, by frame.</param>
    public static void WriteResult(TextWriter writer, IEnumerable<MotEntry> entries) =>
        Write(writer, entries, static e => $"{Number(e.Score)},-1,-1,-1");

    /// <summary>Writes a truth: <c>frame, id, left, top, width, height, 1 or 0, class, visibility</c>.</summary>
    /// <param name="writer">Receives the lines, ended by LF; stays open.</param>
    /// <param name="entries">The objects, by frame.</param>
    public static void WriteTruth(TextWriter writer, IEnumerable<MotEntry> entries) =>
        Write(writer, entries, static e =>
            $"{Number(e.Score)},{e.ClassId.ToString(CultureInfo.InvariantCulture)},{Number(e.Visibility)}");

    private static void Write(TextWriter writer, IEnumerable<MotEntry> entries, Func<MotEntry, string> rest)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(entries);
        foreach (MotEntry e in entries)
        {
            string head = string.Create(CultureInfo.InvariantCulture, $"{e.Frame},{e.Id}");
            writer.Write($"{head},{Number(e.Left)},{Number(e.Top)},{Number(e.Width)},{Number(e.Height)},{rest(e)}\n");
        }
    }

    // Hundredths of hundredths of a pixel; never in scientific notation, which other readers refuse.
    private static string Number(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static bool ReadLine(TextReader reader, StringBuilder line, string name, int number)
    {
        line.Clear();
        for (int c = reader.Read(); ; c = reader.Read())
        {
            if (c < 0)
                return line.Length > 0;
            if (c == '\n')
                return true;
            if (c == '\r')
                continue;
            if (line.Length == LongestLine)
                throw Bad(name, number, $"it has more than {LongestLine} characters");
            _ = line.Append((char)c);
        }
    }

    private static MotEntry Parse(string line, string name, int number)
    {
        string[] fields = line.Split(',', MostFields + 1, StringSplitOptions.TrimEntries);
        if (fields.Length is < FewestFields or > MostFields)
            throw Bad(name, number,
                $"it has {fields.Length} fields separated by commas, expected frame, id, left, top, width, height, score, …");
        int frame = Whole(fields, 0, "frame", name, number), id = Whole(fields, 1, "id", name, number);
        if (frame is < 1 or > LastFrame)
            throw Bad(name, number, $"the frame is {frame}, expected 1..{LastFrame}; MOTChallenge counts frames from 1");
        double width = Real(fields, 4, "width", name, number), height = Real(fields, 5, "height", name, number);
        if (width < 0 || height < 0)
            throw Bad(name, number, string.Create(CultureInfo.InvariantCulture,
                $"the size is {width}×{height}; columns 5 and 6 are width and height, not corners"));
        return new MotEntry(
            frame,
            id,
            Real(fields, 2, "left", name, number),
            Real(fields, 3, "top", name, number),
            width,
            height,
            fields.Length > 6 ? Real(fields, 6, "score", name, number) : 1,
            fields.Length > 7 ? (int)Math.Clamp(Real(fields, 7, "class", name, number), int.MinValue, int.MaxValue) : -1,
            fields.Length > 8 ? Real(fields, 8, "visibility", name, number) : -1);
    }

    private static double Real(string[] fields, int index, string what, string name, int number) =>
        double.TryParse(fields[index], NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            && Math.Abs(value) <= 1e9
            ? value
            : throw Bad(name, number, $"the {what} is '{Shown(fields[index])}', not a number of at most a billion");

    // Some programs write whole numbers as 3.0.
    private static int Whole(string[] fields, int index, string what, string name, int number)
    {
        double value = Real(fields, index, what, name, number);
        return value == Math.Floor(value)
            ? (int)value
            : throw Bad(name, number, $"the {what} is '{Shown(fields[index])}', not a whole number");
    }

    // Text of a file reaches messages short and without control characters.
    private static string Shown(string text) => new([.. text.Take(40).Select(c => char.IsControl(c) ? '?' : c)]);

    private static MotFormatException Bad(string name, int number, string problem) => new($"'{name}', line {number}: {problem}.");
}
