namespace RfDetr.Checkpoints;

/// <summary>The value stack of the pickle machine with its marks.</summary>
internal sealed class PickleStack
{
    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    /// <summary>Values above the newest mark.</summary>
    private int Available => _values.Count - (_marks.Count > 0 ? _marks[^1] : 0);

    public void Push(object? value) => _values.Add(value);

    public void Mark() => _marks.Add(_values.Count);

    public object? Pop()
    {
        object? top = Peek();
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    public object? Peek()
    {
        if (Available == 0)
            throw new PickleStackException();
        return _values[^1];
    }

    /// <summary>Everything above the newest mark, in order; the mark goes too.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0)
            throw new PickleStackException();
        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        var items = new object?[_values.Count - mark];
        _values.CopyTo(mark, items, 0, items.Length);
        _values.RemoveRange(mark, items.Length);
        return items;
    }

    /// <summary>Removes the newest mark with what is above it, or the top value if nothing is (opcode POP on a mark).</summary>
    public void Discard()
    {
        if (Available == 0 && _marks.Count > 0)
            _marks.RemoveAt(_marks.Count - 1);
        else
            Pop();
    }
}

/// <summary>The pickle takes more from its stack than it put there; the machine turns it into a message with the place.</summary>
internal sealed class PickleStackException : Exception;
