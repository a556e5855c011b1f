namespace RfDetr.Tracking;

/// <summary>
/// Optimal pairing of few rows and columns that can be paired at all: the pairs with the greatest total gain. Pairs that are
/// connected by no chain of candidates are solved apart, so a frame with a hundred scattered objects costs a hundred tiny
/// problems. Keeps its buffers; one instance serves one thread.
/// </summary>
internal sealed class SparseMatching
{
    private readonly List<(int Row, int Column, double Gain)> _pairs = [];
    private readonly List<(int Row, int Column, double Gain)> _component = [];
    private int[] _parents = [], _columnOfRow = [], _localRow = [], _localColumn = [], _solved = [];
    private double[] _cost = [];
    private int _rows, _columns;

    /// <summary>Begins a problem without candidates.</summary>
    public void Begin(int rows, int columns)
    {
        (_rows, _columns) = (rows, columns);
        _pairs.Clear();
        Grow(ref _parents, rows + columns);
        Grow(ref _columnOfRow, rows);
        Grow(ref _localRow, rows);
        Grow(ref _localColumn, columns);
        for (int i = 0; i < rows + columns; i++)
            _parents[i] = i;
        _columnOfRow.AsSpan(0, rows).Fill(Assignment.None);
    }

    /// <summary>Adds a candidate; at most one per row and column.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">The column.</param>
    /// <param name="gain">The value of the pair; above 0.</param>
    public void Add(int row, int column, double gain)
    {
        _pairs.Add((row, column, gain));
        _parents[Root(row)] = Root(_rows + column);
    }

    /// <summary>Solves the problem.</summary>
    /// <returns>Per row its column, or −1; valid until the next problem begins.</returns>
    public ReadOnlySpan<int> Solve()
    {
        _pairs.Sort((a, b) => (Root(a.Row), a.Row, a.Column).CompareTo((Root(b.Row), b.Row, b.Column)));
        for (int at = 0; at < _pairs.Count;)
        {
            int root = Root(_pairs[at].Row);
            _component.Clear();
            for (; at < _pairs.Count && Root(_pairs[at].Row) == root; at++)
                _component.Add(_pairs[at]);
            SolveComponent();
        }

        return _columnOfRow.AsSpan(0, _rows);
    }

    private void SolveComponent()
    {
        if (_component.Count == 1)
        {
            _columnOfRow[_component[0].Row] = _component[0].Column;
            return;
        }

        // Rows are sorted; columns are numbered as they appear. Each row may also take a column of its own that is worth nothing.
        foreach ((_, int column, _) in _component)
            _localColumn[column] = -1;
        int rows = 0, columns = 0, last = -1;
        foreach ((int row, int column, _) in _component)
        {
            if (row != last)
                _localRow[rows++] = last = row;
            if (_localColumn[column] < 0)
                _localColumn[column] = columns++;
        }

        int stride = columns + rows;
        Grow(ref _cost, rows * stride);
        Grow(ref _solved, rows);
        Span<double> cost = _cost.AsSpan(0, rows * stride);
        cost.Clear();
        for (int at = 0, row = -1, current = -1; at < _component.Count; at++)
        {
            if (_component[at].Row != current)
                (current, row) = (_component[at].Row, row + 1);
            cost[row * stride + _localColumn[_component[at].Column]] = -_component[at].Gain;
        }

        Assignment.Solve(cost, rows, stride, stride, _solved.AsSpan(0, rows));
        foreach ((int row, int column, _) in _component)
        {
            int local = Array.BinarySearch(_localRow, 0, rows, row);
            if (_solved[local] == _localColumn[column])
                _columnOfRow[row] = column;
        }
    }

    private int Root(int node)
    {
        while (_parents[node] != node)
            node = _parents[node] = _parents[_parents[node]];
        return node;
    }

    private static void Grow<T>(ref T[] array, int length)
    {
        if (array.Length < length)
            array = new T[Math.Max(length, 2 * array.Length)];
    }
}
