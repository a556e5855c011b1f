namespace RfDetr.Tracking;

/// <summary>Costs of pairing rows (tracks or detections) with columns, and the optimal pairings of the references.</summary>
internal sealed class CostMatrix(int rows, int columns)
{
    /// <summary>The amount that <see cref="SolveClipped"/> adds to the limit for pairs beyond it (supervision 0.27).</summary>
    private const double ClipMargin = 1e-4;

    private readonly double[] _values = new double[rows * columns];

    public int Rows => rows;

    public int Columns => columns;

    public ref double this[int row, int column] => ref _values[row * columns + column];

    /// <summary>A matrix filled in by a function of row and column.</summary>
    public static CostMatrix Of(int rows, int columns, Func<int, int, double> value)
    {
        var matrix = new CostMatrix(rows, columns);
        for (int r = 0; r < rows; r++)
        {
            for (int c = 0; c < columns; c++)
                matrix[r, c] = value(r, c);
        }

        return matrix;
    }

    /// <summary>The negated matrix.</summary>
    public CostMatrix Negate() => Of(rows, columns, (r, c) => -this[r, c]);

    /// <summary>The largest entry; negative infinity if there is none.</summary>
    public double Max() => _values.Length == 0 ? double.NegativeInfinity : _values.Max();

    /// <summary>Pairs as many rows and columns as possible at the least total cost.</summary>
    /// <returns>Per row its column, or −1.</returns>
    public int[] Solve() => Solve(_values, rows, columns);

    /// <summary>
    /// Pairs at the least total cost where each row or column that stays free costs half the limit: <c>lap.lapjv</c> with a cost
    /// limit, as in ByteTrack and BoT-SORT. No pair above the limit is ever made.
    /// </summary>
    /// <returns>Per row its column, or −1.</returns>
    public int[] SolveExtended(double limit)
    {
        int size = rows + columns;
        var extended = new CostMatrix(size, size);
        for (int r = 0; r < size; r++)
        {
            for (int c = 0; c < size; c++)
                extended[r, c] = r < rows && c < columns ? this[r, c] : r < rows || c < columns ? limit / 2 : 0;
        }

        int[] solved = extended.Solve();
        int[] columnOfRow = solved[..rows];
        foreach (ref int column in columnOfRow.AsSpan())
        {
            if (column >= columns)
                column = Assignment.None;
        }

        return columnOfRow;
    }

    /// <summary>
    /// Pairs as many rows and columns as possible, where a pair above the limit costs a little more than the limit, and drops
    /// pairs above it afterwards: supervision's way.
    /// </summary>
    /// <returns>Per row its column, or −1.</returns>
    public int[] SolveClipped(double limit)
    {
        double[] clipped = [.. _values.Select(v => v > limit ? limit + ClipMargin : v)];
        int[] columnOfRow = Solve(clipped, rows, columns);
        for (int r = 0; r < rows; r++)
        {
            if (columnOfRow[r] >= 0 && clipped[r * columns + columnOfRow[r]] > limit)
                columnOfRow[r] = Assignment.None;
        }

        return columnOfRow;
    }

    private static int[] Solve(double[] cost, int rows, int columns)
    {
        var columnOfRow = new int[rows];
        Assignment.Solve(cost, rows, columns, columns, columnOfRow);
        return columnOfRow;
    }
}
