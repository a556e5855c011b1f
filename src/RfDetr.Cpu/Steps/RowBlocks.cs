namespace RfDetr.Cpu;

/// <summary>Cuts rows into blocks of whole tiles, and columns too where there are too few rows for all threads.</summary>
/// <remarks>
/// One thread gets equal blocks. For several, each one's share of the rows begins with large blocks and ends with small ones,
/// which others may take over (<see cref="TaskRanges"/>): a thread that was held up, by the system or by another guest of the
/// host, is not waited for long.
/// </remarks>
internal sealed class RowBlocks
{
    // The smallest block is this part of a thread's share; smaller ones read weights too often.
    private const int SmallestPart = 16;
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

    // Shares of equal numbers of blocks, each half of what is left of the share.
    private static int[] Tapered(int tiles, int most, int threads)
    {
        int share = tiles / threads, more = tiles % threads;
        if (share == 0)
            return Equal(tiles, most);
        int least = Math.Clamp(share / SmallestPart, 1, most);
        var sizes = new List<int>();
        for (int left = share; left > 0; left -= sizes[^1])
            sizes.Add(left <= most && left < 2 * least ? left : Math.Clamp((left + 1) / 2, least, most));

        // Where rows do not divide evenly, later shares have one tile more, in their first block.
        var starts = new List<int> { 0 };
        for (int i = 0; i < threads; i++)
        {
            int extra = i >= threads - more ? 1 : 0;
            foreach (int size in sizes)
            {
                starts.Add(starts[^1] + size + extra);
                extra = 0;
            }
        }

        return [.. starts];
    }
}
