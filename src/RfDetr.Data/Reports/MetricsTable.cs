using System.Globalization;

namespace RfDetr.Data;

/// <summary>Content of a <c>metrics.csv</c>.</summary>
/// <param name="Columns">All but <c>step</c>.</param>
/// <param name="Rows">By rising step; a value for each column, null where there is none.</param>
internal sealed record MetricsTable(IReadOnlyList<string> Columns, IReadOnlyList<(long Step, double?[] Values)> Rows)
{
    /// <summary>Reads a file; a last line without its end is left out, as a crash may have cut it.</summary>
    /// <exception cref="InvalidDataException">It is no such table; the message names the line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static MetricsTable Read(string path)
    {
        string text = File.ReadAllText(path);
        string[] lines = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] heading = lines.Length == 0 ? [] : lines[0].TrimEnd('\r').Split(',');
        if (heading is not ["step", ..])
            throw new InvalidDataException(
                $"{path}: does not begin with a line of columns whose first is 'step'; move the file away to begin a new one");
        var rows = new List<(long, double?[])>(lines.Length - 1);
        for (int i = 1; i < lines.Length; i++)
        {
            string[] cells = lines[i].TrimEnd('\r').Split(',');
            if (
                cells.Length != heading.Length
                    || !long.TryParse(cells[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long step))
                throw new InvalidDataException(
                    Invariant.Text(
                        $"{path}: line {i + 1} has {cells.Length} cells and begins with '{cells[0]}', expected "
                            + $"{heading.Length} cells and a step"));
            rows.Add((step, [.. cells.Skip(1).Select((cell, c) => Parse(path, i + 1, heading[c + 1], cell))]));
        }

        return new(heading[1..], rows);
    }

    /// <summary>Index of a column among the values of a row; −1 if there is none of that name.</summary>
    public int IndexOf(string column) =>
        Columns.Index().Where(c => c.Item == column).Select(c => c.Index).DefaultIfEmpty(-1).First();

    /// <summary>The rows up to a step, inclusive.</summary>
    public MetricsTable UpTo(long lastStep) => this with { Rows = [.. Rows.Where(r => r.Step <= lastStep)] };

    private static double? Parse(string path, int line, string column, string cell) => cell switch
    {
        "" => null,
        "nan" => double.NaN,
        "inf" => double.PositiveInfinity,
        "-inf" => double.NegativeInfinity,
        _ => double.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new InvalidDataException(
                Invariant.Text($"{path}: line {line}, column '{column}': '{cell}' is no number")),
    };
}
