namespace RfDetr;

/// <summary>
/// One run of Suzuki and Abe's border following over the bounding box of a mask. Each border gets a number; its pixels
/// are marked with it, negative where background lies to the right, so that a later scan neither starts at it again nor
/// loses track of which border it is inside of.
/// </summary>
internal sealed class BorderFollower
{
    // Neighbors clockwise as seen on the screen (y grows downwards), from the right one.
    private static readonly (int X, int Y)[] s_steps =
        [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

    private const int Right = 0;
    private const int Left = 4;

    private readonly PixelRect _bounds;
    private readonly int _stride;
    private readonly byte[] _mask;      // with a frame of background
    private readonly int[] _marks;      // 0 not visited, ±n on border n
    private readonly int[] _offsets;
    private readonly List<MaskPolygon> _borders = [];

    public BorderFollower(RleMask mask)
    {
        _bounds = mask.BoundingBox;
        _stride = _bounds.Width + 2;
        _mask = new byte[checked(_stride * (_bounds.Height + 2))];
        _marks = new int[_mask.Length];
        _offsets = [.. s_steps.Select(step => step.Y * _stride + step.X)];
        mask.DecodeInto(_bounds, _mask.AsSpan(_stride + 1), _stride);
    }

    /// <summary>Borders start only at the ends of a row's runs: an outer one at a left end, a hole's at a right end.</summary>
    public List<MaskPolygon> Run()
    {
        for (int y = 1; y <= _bounds.Height; y++)
        {
            int origin = y * _stride;
            ReadOnlySpan<byte> row = _mask.AsSpan(origin, _stride);
            for (int x = 0; ByteRows.NextRun(row, x, out int start, out x);)
            {
                int first = origin + start, last = origin + x - 1;
                if (_marks[first] == 0)
                    Follow(first, Left, isHole: false, parent: -1);
                if (_marks[last] >= 0)
                    Follow(last, Right, isHole: true, OuterBorder(LastBorder(last)));
            }
        }

        return _borders;
    }

    /// <summary>The number of the nearest border at or left of a pixel; a run's left end always is on one.</summary>
    private int LastBorder(int at)
    {
        while (_marks[at] == 0)
            at--;
        return Math.Abs(_marks[at]);
    }

    /// <summary>The index of the outer border of the part that the border of this number belongs to.</summary>
    private int OuterBorder(int number)
    {
        int index = number - 1;
        return _borders[index].IsHole ? _borders[index].Parent : index;
    }

    /// <summary>
    /// Follows the border through <paramref name="start"/>, whose neighbor in direction <paramref name="background"/> is
    /// background.
    /// </summary>
    private void Follow(int start, int background, bool isHole, int parent)
    {
        int number = _borders.Count + 1;
        var points = new List<PixelPoint>();
        int firstDirection = Search(start, background, clockwise: true, out _);
        if (firstDirection < 0)
        {
            _marks[start] = -number;
            _borders.Add(new MaskPolygon([Point(start)], isHole, parent));
            return;
        }

        // The border ends where it returns to the start from the pixel found here.
        int last = start + _offsets[firstDirection];
        int at = start, from = firstDirection;
        int arrival = Opposite(firstDirection);
        while (true)
        {
            int direction = Search(at, from, clockwise: false, out bool sawRightBackground);
            if (sawRightBackground)
                _marks[at] = -number;
            else if (_marks[at] == 0)
                _marks[at] = number;
            if (direction != arrival)
                points.Add(Point(at)); // a vertex only where the direction changes
            int next = at + _offsets[direction];
            if (next == start && at == last)
                break;
            arrival = direction;
            from = Opposite(direction);
            at = next;
        }

        _borders.Add(new MaskPolygon(points, isHole, parent));
    }

    /// <summary>
    /// The direction of the first mask pixel around <paramref name="at"/>, starting beside direction <paramref name="from"/>;
    /// −1 if there is none. Also tells whether the right neighbor was looked at and is background.
    /// </summary>
    private int Search(int at, int from, bool clockwise, out bool sawRightBackground)
    {
        sawRightBackground = false;
        int turn = clockwise ? 1 : 7;
        int direction = from;
        for (int i = 0; i < 8; i++)
        {
            direction = (direction + turn) & 7;
            if (_mask[at + _offsets[direction]] != 0)
                return direction;
            sawRightBackground |= direction == Right;
        }

        return -1;
    }

    private static int Opposite(int direction) => (direction + 4) & 7;

    private PixelPoint Point(int at) => new(at % _stride - 1 + _bounds.X, at / _stride - 1 + _bounds.Y);
}
