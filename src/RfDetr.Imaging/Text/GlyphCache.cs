namespace RfDetr;

/// <summary>
/// Lines rendered before. Labels repeat (class names, rounded scores), so a plain bound is enough: when it is reached, all lines
/// are
/// dropped, and those still in use come back with the next image.
/// </summary>
internal sealed class GlyphCache
{
    private const int MaxLines = 1024;
    private const long MaxBytes = 16 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<(string Text, int Height), GlyphBitmap> _lines = [];
    private long _bytes;

    public int Count
    {
        get
        {
            lock (_gate)
                return _lines.Count;
        }
    }

    public GlyphBitmap GetOrAdd(string text, int height, Func<string, int, GlyphBitmap> render)
    {
        lock (_gate)
        {
            if (_lines.TryGetValue((text, height), out GlyphBitmap? known))
                return known;
        }

        GlyphBitmap made = render(text, height);   // outside the lock: two threads may render the same line
        if (made.Alpha.Length > MaxBytes)
            return made;
        lock (_gate)
        {
            if (_lines.Count >= MaxLines || _bytes + made.Alpha.Length > MaxBytes)
            {
                _lines.Clear();
                _bytes = 0;
            }

            if (_lines.TryAdd((text, height), made))
                _bytes += made.Alpha.Length;
            return made;
        }
    }
}
