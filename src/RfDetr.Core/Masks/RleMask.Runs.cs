namespace RfDetr;

public sealed partial class RleMask
{
    /// <summary>The mask pixels as vertical runs that do not cross a column, clipped to a window.</summary>
    internal ColumnRunEnumerator ColumnRuns(PixelRect window) => new(_counts, Height, window);

    /// <summary>Rows <c>Top .. Bottom−1</c> of column <c>X</c>.</summary>
    internal readonly record struct ColumnRun(int X, int Top, int Bottom);

    /// <summary>Enumerates <see cref="ColumnRuns"/> from left to right and top to bottom.</summary>
    internal struct ColumnRunEnumerator(uint[] counts, int height, PixelRect window)
    {
        private int _next;
        private long _at;
        private long _end;

        /// <summary>The run that <see cref="MoveNext"/> found.</summary>
        public ColumnRun Current { get; private set; }

        /// <summary>For <c>foreach</c>.</summary>
        public readonly ColumnRunEnumerator GetEnumerator() => this;

        /// <summary>Advances to the next run that meets the window.</summary>
        public bool MoveNext()
        {
            while (true)
            {
                while (_at == _end)
                {
                    if (_next + 1 >= counts.Length)
                        return false;
                    _at = _end + counts[_next];
                    _end = _at + counts[_next + 1];
                    _next += 2;
                }

                int x = (int)(_at / height);
                int top = (int)(_at - (long)x * height);
                int bottom = (int)Math.Min(height, top + (_end - _at));
                _at += bottom - top;
                if (x >= window.Right)
                    return false;
                if (x < window.X)
                    continue;
                top = Math.Max(top, window.Y);
                bottom = Math.Min(bottom, window.Bottom);
                if (top >= bottom)
                    continue;
                Current = new ColumnRun(x, top, bottom);
                return true;
            }
        }
    }
}
