using Spectre.Console;
using Spectre.Console.Rendering;

namespace RfDetr.Cli.Framework;

/// <summary>The way in which a column of a <see cref="TextTable"/> gives room where the terminal is too narrow for all.</summary>
internal enum Narrow
{
    /// <summary>The column keeps its width.</summary>
    Keep,

    /// <summary>Its cells are broken into several lines.</summary>
    Wrap,

    /// <summary>The column is left out, the last one first.</summary>
    Drop,
}

/// <summary>
/// A table of aligned columns that stays readable in any width. Where the columns are wider than the terminal, those that may go
/// are left out, then those that may be broken are; a table that is too wide even so becomes a list of its rows. Lines have no
/// blanks at their end, and nothing is cut off.
/// </summary>
internal sealed class TextTable : IRenderable
{
    private const int Gap = 2;
    private const int LeastWrapped = 14;

    private readonly List<(string Heading, bool Right, Narrow Narrow)> _columns = [];
    private readonly List<string[]> _rows = [];

    /// <summary>Adds a column.</summary>
    /// <param name="heading">Its heading, as plain text.</param>
    /// <param name="right">True for numbers: aligned at the right.</param>
    /// <param name="narrow">How it gives way.</param>
    public TextTable AddColumn(string heading, bool right = false, Narrow narrow = Narrow.Keep)
    {
        _columns.Add((heading, right, narrow));
        return this;
    }

    /// <summary>Adds columns of numbers.</summary>
    public TextTable AddNumbers(params ReadOnlySpan<string> headings)
    {
        foreach (string heading in headings)
            _ = AddColumn(heading, right: true);
        return this;
    }

    /// <summary>Adds a row: a cell for each column, as markup.</summary>
    public TextTable AddRow(params string[] cells)
    {
        if (cells.Length != _columns.Count)
            throw new ArgumentException($"a row of {cells.Length} cells in a table of {_columns.Count} columns");
        // Control characters have no width that could be counted; spelled out, they do.
        _rows.Add([.. cells.Select(Visible.Of)]);
        return this;
    }

    /// <inheritdoc/>
    public Measurement Measure(RenderOptions options, int maxWidth) => new(1, maxWidth);

    /// <inheritdoc/>
    public IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        Segment[][][] cells = [.. _rows.Select(row => row.Select(cell => Line(options, cell)).ToArray())];
        int[] widths = [.. _columns.Select((c, i) =>
            Math.Max(Width(c.Heading), cells.Select(row => Segment.CellCount(row[i])).DefaultIfEmpty(0).Max()))];
        List<int> shown = [.. Enumerable.Range(0, _columns.Count)];
        while (Total(shown, widths) > maxWidth
            && shown.FindLastIndex(i => _columns[i].Narrow == Narrow.Drop) is >= 0 and int last)
            shown.RemoveAt(last);
        Shrink(shown, widths, maxWidth);
        return Total(shown, widths) <= maxWidth ? Aligned(options, cells, shown, widths) : Listed(cells);
    }

    private static int Total(List<int> shown, int[] widths) => shown.Sum(i => widths[i]) + (Gap * Math.Max(0, shown.Count - 1));

    // The widest of the columns that may be broken gives first.
    private void Shrink(List<int> shown, int[] widths, int maxWidth)
    {
        while (Total(shown, widths) > maxWidth)
        {
            int[] broken = [.. shown.Where(i => _columns[i].Narrow == Narrow.Wrap && widths[i] > LeastWrapped)];
            if (broken.Length == 0)
                return;
            widths[broken.MaxBy(i => widths[i])]--;
        }
    }

    private IEnumerable<Segment> Aligned(RenderOptions options, Segment[][][] cells, List<int> shown, int[] widths)
    {
        IEnumerable<Segment> header = shown.All(i => _columns[i].Heading.Length == 0)
            ? []
            : OneLine(shown, widths, i => [new Segment(_columns[i].Heading, new Style(decoration: Decoration.Bold))]);
        foreach (Segment segment in header)
            yield return segment;
        for (int row = 0; row < cells.Length; row++)
        {
            Segment[][] line = cells[row];
            if (shown.All(i => Segment.CellCount(line[i]) <= widths[i]))
            {
                foreach (Segment segment in OneLine(shown, widths, i => line[i]))
                    yield return segment;
                continue;
            }

            List<Segment[]>[] parts = [.. shown.Select(i => Broken(options, _rows[row][i], widths[i]))];
            for (int at = 0; at < parts.Max(p => p.Count); at++)
            {
                foreach (Segment segment in OneLine(
                    shown, widths, i => parts[shown.IndexOf(i)] is var p && at < p.Count ? p[at] : []))
                    yield return segment;
            }
        }
    }

    private IEnumerable<Segment> OneLine(List<int> shown, int[] widths, Func<int, Segment[]> cell)
    {
        int owed = 0; // blanks that only count if something follows them
        foreach (int i in shown)
        {
            Segment[] text = cell(i);
            int width = text.Sum(s => s.CellCount()), free = Math.Max(0, widths[i] - width);
            if (width > 0)
            {
                int blanks = owed + (_columns[i].Right ? free : 0);
                if (blanks > 0)
                    yield return Segment.Padding(blanks);
                foreach (Segment segment in text)
                    yield return segment;
                owed = _columns[i].Right ? 0 : free;
            }
            else
            {
                owed += free;
            }

            owed += Gap;
        }

        yield return Segment.LineBreak;
    }

    // Each row as lines of "heading: value".
    private IEnumerable<Segment> Listed(Segment[][][] cells)
    {
        int width = _columns.Max(c => Width(c.Heading));
        foreach (Segment[][] row in cells)
        {
            for (int i = 0; i < _columns.Count; i++)
            {
                if (Segment.CellCount(row[i]) == 0)
                    continue;
                string heading = _columns[i].Heading;
                yield return new Segment(heading);
                yield return Segment.Padding(width - Width(heading) + Gap);
                foreach (Segment segment in row[i])
                    yield return segment;
                yield return Segment.LineBreak;
            }

            yield return Segment.LineBreak;
        }
    }

    private static Segment[] Line(RenderOptions options, string markup) =>
        [.. ((IRenderable)new Markup(markup)).Render(options, int.MaxValue / 2).Where(s => !s.IsLineBreak)];

    // The blank that a line was broken at stays at its end.
    private static List<Segment[]> Broken(RenderOptions options, string markup, int width) =>
    [
        .. Segment.SplitLines(((IRenderable)new Markup(markup)).Render(options, width), width).Select(line =>
        {
            Segment[] kept = [.. line.Reverse<Segment>().SkipWhile(s => string.IsNullOrWhiteSpace(s.Text)).Reverse()];
            return kept is [.., var last] ? [.. kept[..^1], new Segment(last.Text.TrimEnd(), last.Style)] : kept;
        })
    ];

    private static int Width(string text) => new Segment(text).CellCount();
}
