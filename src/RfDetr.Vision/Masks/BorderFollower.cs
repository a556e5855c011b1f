namespace RfDetr.Vision;

/// <summary>
/// One run of Suzuki and Abe's border following over the bounding box of a mask. Each border gets a number; its pixels
/// are marked with it, negative where background lies to the right, so that a later scan neither starts at it again nor
/// loses track of which border it is inside of.
/// </summary>
internal sealed class BorderFollower
{
    // Neighbours clockwise as seen on the screen (y grows downwards), from the right one.
    private static readonly (int X, int Y)[] s_steps =
        [(1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1)];

    private const int Right = 0;
    private const int Left = 4;

    private readonly PixelRect _bounds;
    private readonly int _stride;
    private readonly int[] _marks;      // with a frame of background: 0 background, 1 not visited, ±n on border n
    private readonly int[] _offsets;
    private readonly List<MaskPolygon> _borders = [];

    public BorderFollower(RleMask mask)
    {
        _bounds = mask.BoundingBox;
        _stride = _bounds.Width + 2;
        _marks = new int[checked(_stride * (_bounds.Height + 2))];
        _offsets = [.. s_steps.Select(step => step.Y * _stride + step.X)];
        foreach (RleMask.ColumnRun run in mask.ColumnRuns(_bounds))
        {
            int at = (run.Top - _bounds.Y + 1) * _stride + (run.X - _bounds.X + 1);
            for (int y = run.Top; y < run.Bottom; y++, at += _stride)
                _marks[at] = 1;
        }
    }

    public List<MaskPolygon> Run()
    {
        for (int y = 1; y <= _bounds.Height; y++)
        {
            int lastBorder = 1; // number 1 is the frame; border n is _borders[n − 2]
            for (int at = y * _stride + 1; at <= y * _stride + _bounds.Width; at++)
            {
                int mark = _marks[at];
                if (mark == 0)
                    continue;
                if (mark == 1 && _marks[at - 1] == 0)
                {
                    Follow(at, Left, isHole: false, parent: -1);
                }
                else if (mark >= 1 && _marks[at + 1] == 0)
                {
                    int inside = mark > 1 ? mark : lastBorder;
                    Follow(at, Right, isHole: true, OuterBorder(inside));
                }

                if (_marks[at] != 1)
                    lastBorder = Math.Abs(_marks[at]);
            }
        }

        return _borders;
    }

    /// <summary>The index of the outer border of the part that the border of this number belongs to.</summary>
    private int OuterBorder(int number)
    {
        int index = number - 2;
        return _borders[index].IsHole ? _borders[index].Parent : index;
    }

    /// <summary>Follows the border through <paramref name="start"/>, whose neighbour in direction <paramref name="background"/> is background.</summary>
    private void Follow(int start, int background, bool isHole, int parent)
    {
        int number = _borders.Count + 2;
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
            else if (_marks[at] == 1)
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
    /// −1 if there is none. Also tells whether the right neighbour was looked at and is background.
    /// </summary>
    private int Search(int at, int from, bool clockwise, out bool sawRightBackground)
    {
        sawRightBackground = false;
        int turn = clockwise ? 1 : 7;
        int direction = from;
        for (int i = 0; i < 8; i++)
        {
            direction = (direction + turn) & 7;
            if (_marks[at + _offsets[direction]] != 0)
                return direction;
            sawRightBackground |= direction == Right;
        }

        return -1;
    }

    private static int Opposite(int direction) => (direction + 4) & 7;

    private PixelPoint Point(int at) => new(at % _stride - 1 + _bounds.X, at / _stride - 1 + _bounds.Y);
}
