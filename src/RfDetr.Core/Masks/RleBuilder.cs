using System.Buffers;

namespace RfDetr;

/// <summary>
/// Collects the column-major positions at which a mask switches between background and mask, in rising order. Two
/// switches at one position cancel, so the runs come out canonical whatever the producer does.
/// </summary>
internal struct RleBuilder(int height, int width, int capacity)
{
    private uint[] _toggles = ArrayPool<uint>.Shared.Rent(Math.Max(capacity, 16));
    private int _count;

    /// <summary>True if the pixels after the last toggle are mask.</summary>
    public readonly bool Inside => (_count & 1) != 0;

    /// <summary>Switches at the pixel <paramref name="position"/>; not before the last toggle, at most the pixel count.</summary>
    public void Toggle(long position)
    {
        if (_count > 0 && _toggles[_count - 1] == position)
        {
            _count--;
            return;
        }

        if (_count == _toggles.Length)
            Grow();
        _toggles[_count++] = (uint)position;
    }

    /// <summary>The mask; the builder must not be used afterwards.</summary>
    public RleMask Build()
    {
        uint pixels = (uint)((long)height * width);
        if (_count > 0 && _toggles[_count - 1] == pixels)
            _count--;
        var counts = new uint[_count + 1];
        uint last = 0;
        for (int i = 0; i < _count; i++)
        {
            counts[i] = _toggles[i] - last;
            last = _toggles[i];
        }

        counts[_count] = pixels - last;
        ArrayPool<uint>.Shared.Return(_toggles);
        _toggles = [];
        return RleMask.FromCanonical(height, width, counts);
    }

    private void Grow()
    {
        uint[] larger = ArrayPool<uint>.Shared.Rent(_toggles.Length * 2);
        _toggles.AsSpan(0, _count).CopyTo(larger);
        ArrayPool<uint>.Shared.Return(_toggles);
        _toggles = larger;
    }
}
