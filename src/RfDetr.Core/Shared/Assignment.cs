using System.Buffers;

namespace RfDetr;

/// <summary>
/// Rectangular assignment of least total cost by shortest augmenting paths: Jonker–Volgenant's method without its initialization,
/// as in D. F. Crouse, "On implementing 2D rectangular assignment algorithms", IEEE TAES 52 (2016). Every row or every column is
/// assigned, whichever are fewer; O(min² · max).
/// </summary>
internal static class Assignment
{
    /// <summary>In <c>columnOfRow</c>: the row has no column.</summary>
    public const int None = -1;

    /// <summary>Finds the assignment of least cost.</summary>
    /// <param name="cost">Row-major; entry (r, c) at <c>r · stride + c</c>; finite.</param>
    /// <param name="rows">Number of rows, ≥ 0.</param>
    /// <param name="columns">Number of columns, ≥ 0.</param>
    /// <param name="stride">Entries from one row to the next, ≥ <paramref name="columns"/>.</param>
    /// <param name="columnOfRow">[rows], filled with each row's column or <see cref="None"/>.</param>
    /// <exception cref="ArgumentException">The spans do not fit the sizes, or a cost is not finite.</exception>
    public static void Solve(ReadOnlySpan<double> cost, int rows, int columns, int stride, Span<int> columnOfRow)
    {
        RequireFit(cost, rows, columns, stride, columnOfRow);
        columnOfRow.Fill(None);
        if (rows == 0 || columns == 0)
            return;
        if (rows <= columns)
        {
            Augment(cost, rows, columns, stride, columnOfRow);
            return;
        }

        double[] turned = ArrayPool<double>.Shared.Rent(rows * columns);
        int[] rowOfColumn = ArrayPool<int>.Shared.Rent(columns);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                turned[c * rows + r] = cost[r * stride + c];
        }

        Augment(turned, columns, rows, rows, rowOfColumn.AsSpan(0, columns));
        for (int c = 0; c < columns; c++)
            columnOfRow[rowOfColumn[c]] = c;
        ArrayPool<double>.Shared.Return(turned);
        ArrayPool<int>.Shared.Return(rowOfColumn);
    }

    /// <summary>
    /// Costs that are not finite become twice the largest finite one, or 0 if that is negative (twice it would attract).
    /// </summary>
    /// <param name="cost">As in <see cref="Solve"/>; changed in place.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Number of columns.</param>
    /// <param name="stride">Entries from one row to the next.</param>
    public static void ReplaceNotFinite(Span<double> cost, int rows, int columns, int stride)
    {
        double largest = double.NegativeInfinity;
        bool all = true;
        for (int r = 0; r < rows; r++)
        {
            foreach (double value in cost.Slice(r * stride, columns))
            {
                if (double.IsFinite(value))
                    largest = Math.Max(largest, value);
                else
                    all = false;
            }
        }

        if (all)
            return;
        double substitute = double.IsFinite(largest) ? largest + Math.Abs(largest) : 0;
        for (int r = 0; r < rows; r++)
        {
            foreach (ref double value in cost.Slice(r * stride, columns))
            {
                if (!double.IsFinite(value))
                    value = substitute;
            }
        }
    }

    // rows ≤ columns: each row in turn finds the cheapest path of alternating (un)assigned pairs to a free column.
    private static void Augment(ReadOnlySpan<double> cost, int rows, int columns, int stride, Span<int> columnOfRow)
    {
        double[] numbers = ArrayPool<double>.Shared.Rent(rows + 2 * columns);
        int[] indexes = ArrayPool<int>.Shared.Rent(3 * columns);
        var path = new Paths(numbers, indexes, rows, columns);
        columnOfRow.Fill(None);
        for (int r = 0; r < rows; r++)
        {
            int sink = path.Find(cost, stride, r);
            if (sink == None)
                throw NotFinite();
            path.Assign(sink, r, columnOfRow);
        }

        ArrayPool<double>.Shared.Return(numbers);
        ArrayPool<int>.Shared.Return(indexes);
    }

    private readonly ref struct Paths
    {
        private readonly Span<double> _rowPrice, _columnPrice, _distance;
        private readonly Span<int> _rowOfColumn, _from, _open;

        public Paths(double[] numbers, int[] indexes, int rows, int columns)
        {
            numbers.AsSpan(0, rows + columns).Clear();
            _rowPrice = numbers.AsSpan(0, rows);
            _columnPrice = numbers.AsSpan(rows, columns);
            _distance = numbers.AsSpan(rows + columns, columns);
            _rowOfColumn = indexes.AsSpan(0, columns);
            _from = indexes.AsSpan(columns, columns);
            _open = indexes.AsSpan(2 * columns, columns);
            _rowOfColumn.Fill(None);
        }

        // Dijkstra over reduced costs; columns still open are the first `left` of _open, reached ones behind them. Returns the
        // free column.
        public int Find(ReadOnlySpan<double> cost, int stride, int start)
        {
            int columns = _open.Length, left = columns, row = start;
            for (int c = 0; c < columns; c++)
                _open[c] = columns - 1 - c; // taken from the end: of equal columns the first wins
            _distance.Fill(double.PositiveInfinity);
            for (double shortest = 0; ;)
            {
                (double best, int at) = (double.PositiveInfinity, None);
                ReadOnlySpan<double> costs = cost.Slice(row * stride, columns);
                double passed = shortest - _rowPrice[row];
                for (int i = 0; i < left; i++)
                {
                    int c = _open[i];
                    double through = passed + costs[c] - _columnPrice[c];
                    if (through < _distance[c])
                        (_distance[c], _from[c]) = (through, row);

                    // Among equals a free column ends the search at once.
                    if (_distance[c] < best || (_distance[c] == best && _rowOfColumn[c] == None))
                        (best, at) = (_distance[c], i);
                }

                if (!double.IsFinite(best))
                    return None;
                int column = _open[at];
                (_open[at], _open[--left]) = (_open[left], column);
                shortest = best;
                if (_rowOfColumn[column] == None)
                {
                    Reprice(start, shortest, left);
                    return column;
                }

                row = _rowOfColumn[column];
            }
        }

        public void Assign(int column, int start, Span<int> columnOfRow)
        {
            for (int row = None; row != start;)
            {
                row = _from[column];
                _rowOfColumn[column] = row;
                (columnOfRow[row], column) = (column, columnOfRow[row]);
            }
        }

        // Keeps reduced costs ≥ 0, and 0 along what is assigned.
        private void Reprice(int start, double shortest, int left)
        {
            _rowPrice[start] += shortest;
            foreach (int column in _open[left..])
            {
                if (_rowOfColumn[column] == None)
                    continue; // the path's end
                double saved = shortest - _distance[column];
                _rowPrice[_rowOfColumn[column]] += saved;
                _columnPrice[column] -= saved;
            }
        }
    }

    private static void RequireFit(ReadOnlySpan<double> cost, int rows, int columns, int stride, ReadOnlySpan<int> columnOfRow)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, columns);
        long needed = rows == 0 || columns == 0 ? 0 : (long)(rows - 1) * stride + columns;
        if (cost.Length < needed)
            throw new ArgumentException(
                $"{rows} × {columns} costs with a stride of {stride} take {needed} entries, got {cost.Length}", nameof(cost));
        if (columnOfRow.Length != rows)
            throw new ArgumentException($"holds {columnOfRow.Length} entries for {rows} rows", nameof(columnOfRow));
    }

    private static ArgumentException NotFinite() =>
        new("a cost is not finite and leaves a row without any column; replace such costs first", "cost");
}
