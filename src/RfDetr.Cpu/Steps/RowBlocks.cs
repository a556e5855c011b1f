namespace RfDetr.Cpu;

/// <summary>Cuts rows into blocks of nearly equal numbers of tiles, and columns too where there are too few rows for all threads.</summary>
internal sealed class RowBlocks
{
    private readonly int _rows, _tileRows, _tiles, _panels, _blocks, _chunks;

    /// <param name="rows">Rows of a result.</param>
    /// <param name="panels">Panels of columns.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="mostRows">Rows of a block that still fit the cache.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <param name="cutColumns">False if whole rows are needed afterwards.</param>
    public RowBlocks(int rows, int panels, int tileRows, int mostRows, int threads, bool cutColumns)
    {
        (_rows, _tileRows, _panels) = (rows, tileRows, Math.Max(panels, 1));
        _tiles = (rows + tileRows - 1) / tileRows;
        int wanted = threads == 1 ? 1 : 4 * threads;
        int least = Math.Max((rows + mostRows - 1) / Math.Max(mostRows, 1), 1);
        _blocks = Math.Clamp(RoundUp(least, wanted), 1, Math.Max(_tiles, 1));
        _chunks = cutColumns && _blocks < wanted ? Math.Clamp(wanted / _blocks, 1, _panels) : 1;
        MostRows = (_tiles + _blocks - 1) / _blocks * tileRows;
    }

    public int Count => _blocks * _chunks;

    /// <summary>Rows of the largest block, rounded up to whole tiles.</summary>
    public int MostRows { get; }

    public (int FirstRow, int Rows, int FirstPanel, int Panels) this[int index]
    {
        get
        {
            int block = index / _chunks, chunk = index % _chunks;
            int first = (int)((long)_tiles * block / _blocks) * _tileRows, end = Math.Min((int)((long)_tiles * (block + 1) / _blocks) * _tileRows, _rows);
            int firstPanel = _panels * chunk / _chunks;
            return (first, end - first, firstPanel, _panels * (chunk + 1) / _chunks - firstPanel);
        }
    }

    private static int RoundUp(int value, int multiple) => (value + multiple - 1) / multiple * multiple;
}
