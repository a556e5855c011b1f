using System.Globalization;
using System.Text;

namespace RfDetr.Data;

/// <summary>
/// <c>metrics.csv</c> of a run: one line per logged step, first column <c>step</c>, empty where a column has no value at that
/// step. Every line is on disk as soon as it was added.
/// </summary>
/// <remarks>
/// When a run resumes, lines of steps beyond its checkpoint are cut off, and so is a last line that a crash left half written;
/// columns that are new are added at the end. Not for several threads at once.
/// </remarks>
internal sealed class MetricsCsv : IDisposable
{
    private const string StepColumn = "step";

    private readonly StreamWriter _writer;
    private readonly string[] _columns;

    private MetricsCsv(StreamWriter writer, string[] columns) => (_writer, _columns) = (writer, columns);

    /// <summary>Begins a file, or goes on with one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">Names of all columns but <c>step</c>; letters, digits and <c>_ / . : @ - + % ( )</c>.</param>
    /// <param name="lastStep">
    /// The step of the checkpoint a run resumes from: later lines go. Null begins a new file in place of an old one.
    /// </param>
    /// <param name="trim">Leaves out further lines of the file that is gone on with; null for none.</param>
    /// <exception cref="ArgumentException">A name is empty, repeated or has other characters.</exception>
    /// <exception cref="InvalidDataException">The file that is gone on with is no such table.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public static MetricsCsv Open(
        string path, IReadOnlyList<string> columns, long? lastStep = null, Func<MetricsTable, MetricsTable>? trim = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Check(columns);
        MetricsTable old = lastStep is { } last && File.Exists(path)
            ? MetricsTable.Read(path).UpTo(last)
            : new MetricsTable([], []);
        old = trim?.Invoke(old) ?? old;
        string[] all = [.. old.Columns.Union(columns)];
        var text = new StringBuilder().AppendJoin(',', all.Prepend(StepColumn)).Append('\n');
        foreach ((long step, double?[] values) in old.Rows)
            AppendLine(text, step, values.Concat(Enumerable.Repeat<double?>(null, all.Length - values.Length)));
        AtomicFile.WriteText(path, text.ToString(), flushToDisk: false);
        var stream = new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read);
        return new MetricsCsv(new StreamWriter(stream, new UTF8Encoding(false)), all);
    }

    /// <summary>Adds a line.</summary>
    /// <param name="step">Not below that of the line before.</param>
    /// <param name="values">
    /// Columns that have a value; one that is not finite is written as <c>nan</c>, <c>inf</c> or <c>-inf</c>.
    /// </param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    /// <exception cref="IOException">The disk is full or gone.</exception>
    public void Add(long step, IEnumerable<(string Column, double Value)> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var cells = new double?[_columns.Length];
        foreach ((string column, double value) in values)
        {
            int at = Array.IndexOf(_columns, column);
            if (at < 0)
                throw new ArgumentException(
                    $"there is no column '{column}'; there are {string.Join(", ", _columns)}", nameof(values));
            cells[at] = value;
        }

        var line = new StringBuilder();
        AppendLine(line, step, cells);
        _writer.Write(line);
        _writer.Flush();
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _writer.Dispose();

    private static void AppendLine(StringBuilder text, long step, IEnumerable<double?> cells)
    {
        _ = text.Append(CultureInfo.InvariantCulture, $"{step}");
        foreach (double? cell in cells)
        {
            _ = text.Append(',');
            if (cell is { } value)
                _ = text.Append(
                    double.IsNaN(value)
                        ? "nan"
                        : double.IsInfinity(value)
                        ? value > 0
                        ? "inf"
                        : "-inf"
                        : value.ToString("R", CultureInfo.InvariantCulture));
        }

        _ = text.Append('\n');
    }

    private static void Check(IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(columns);
        foreach (string column in columns)
        {
            if (
                column.Length == 0
                    || column == StepColumn || column.Any(c => !char.IsAsciiLetterOrDigit(c) && !"_/.:@-+%()".Contains(c)))
                throw new ArgumentException(
                    $"'{column}' cannot be the name of a column: letters, digits and _/.:@-+%() only, and '{StepColumn}' "
                        + $"is there already",
                    nameof(columns));
        }

        if (columns.Distinct().Count() != columns.Count)
            throw new ArgumentException("a column is named twice", nameof(columns));
    }
}
