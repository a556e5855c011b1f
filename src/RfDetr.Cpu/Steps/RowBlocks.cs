namespace RfDetr.Cpu;

/// <summary>Cuts rows into blocks of whole tiles, and columns too where there are too few rows for all threads.</summary>
/// <remarks>
/// One thread gets equal blocks. For several, blocks become smaller towards the end, each a share of what is left: a thread that was held up
/// (by the system, or by another guest of the host) is waited for as long as the last, small block takes.
/// </remarks>
internal sealed class RowBlocks
{
    // The smallest block is this part of a thread's work; smaller ones read weights too often.
    private const int SmallestShare = 16;
    private readonly int[] _firstTiles;
    private readonly int _rows, _tileRows, _panels, _chunks;

    /// <param name="rows">Rows of a result.</param>
    /// <param name="panels">Panels of columns.</param>
    /// <param name="tileRows">Rows of a tile.</param>
    /// <param name="mostRows">Rows of a block that still fit the cache.</param>
    /// <param name="threads">Threads that share the work.</param>
    /// <param name="cutColumns">False if whole rows are needed afterwards.</param>
    public RowBlocks(int rows, int panels, int tileRows, int mostRows, int threads, bool cutColumns)
    {
        (_rows, _tileRows, _panels) = (rows, tileRows, Math.Max(panels, 1));
        int tiles = Math.Max((rows + tileRows - 1) / tileRows, 1), most = Math.Max(mostRows / tileRows, 1);
        _firstTiles = threads == 1 ? Equal(tiles, most) : Tapered(tiles, most, threads);
        int wanted = threads == 1 ? 1 : 4 * threads, blocks = _firstTiles.Length - 1;
        _chunks = cutColumns && blocks < wanted ? Math.Clamp(wanted / blocks, 1, _panels) : 1;
        MostRows = _firstTiles.Skip(1).Zip(_firstTiles, (end, first) => end - first).Max() * tileRows;
    }

    public int Count => (_firstTiles.Length - 1) * _chunks;

    /// <summary>Rows of the largest block, rounded up to whole tiles.</summary>
    public int MostRows { get; }

    public (int FirstRow, int Rows, int FirstPanel, int Panels) this[int index]
    {
        get
        {
            int block = index / _chunks, chunk = index % _chunks;
            int first = _firstTiles[block] * _tileRows, end = Math.Min(_firstTiles[block + 1] * _tileRows, _rows);
            int firstPanel = _panels * chunk / _chunks;
            return (first, end - first, firstPanel, _panels * (chunk + 1) / _chunks - firstPanel);
        }
    }

    private static int[] Equal(int tiles, int most)
    {
        int blocks = (tiles + most - 1) / most;
        return [.. Enumerable.Range(0, blocks + 1).Select(i => (int)((long)tiles * i / blocks))];
    }

    private static int[] Tapered(int tiles, int most, int threads)
    {
        int least = Math.Clamp(tiles / (SmallestShare * threads), 1, most);
        var starts = new List<int> { 0 };
        for (int done = 0; done < tiles;)
        {
            int left = tiles - done, size = Math.Clamp((left + 2 * threads - 1) / (2 * threads), least, most);
            done = left - size < least ? tiles : done + size;
            starts.Add(done);
        }

        return [.. starts];
    }
}
