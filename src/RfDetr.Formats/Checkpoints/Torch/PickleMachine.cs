namespace RfDetr.Checkpoints;

/// <summary>
/// Runs a pickle as data: containers, numbers, strings, and calls of the harmless constructors in
/// <see cref="PickleGlobals"/>, each done by our own code. Any other name is refused before anything is called.
/// </summary>
/// <remarks>Opcodes: Python's <c>pickletools</c>, protocols 0 to 5, without those <c>torch.save</c> has no use for.</remarks>
internal sealed class PickleMachine(ReadOnlyMemory<byte> data, FileBytes file, Func<object?[], Storage>? findStorage = null)
{
    private readonly PickleStack _stack = new();
    private readonly Dictionary<uint, object?> _memo = new(MixedHash.Instance);
    private readonly PickleContext _context = new(file, PickleLimits.Budget(data.Length, file.Name));

    /// <summary>Offset at which the pickle ended, after <see cref="Run"/>.</summary>
    public int Position { get; private set; }

    /// <summary>Reads one pickle from byte <paramref name="start"/> on.</summary>
    /// <exception cref="CheckpointFormatException">It is damaged, too big, or wants something that is not allowed.</exception>
    public object? Run(int start = 0)
    {
        var bytes = new PickleBytes(data.Span, start, file.Name);
        try
        {
            for (int instruction = 0; instruction < PickleLimits.MaxInstructions; instruction++)
            {
                byte opcode = bytes.Byte();
                _context.Budget.Values();
                if (opcode == (byte)'.')
                {
                    object? result = _stack.Pop();
                    Position = bytes.Position;
                    PlainValueCheck.Check(result, file.Name);
                    return result;
                }

                if (!Literal(opcode, ref bytes) && !Container(opcode, ref bytes) && !Memo(opcode, ref bytes))
                    Object(opcode, ref bytes);
            }

            throw bytes.Broken($"has more than {PickleLimits.MaxInstructions} instructions");
        }
        catch (PickleStackException e)
        {
            throw bytes.Broken("takes more values than it made; it is damaged", e);
        }
    }

    private bool Literal(byte opcode, ref PickleBytes bytes)
    {
        switch (opcode)
        {
            case (byte)'N': _stack.Push(null); break;
            case 0x88: _stack.Push(true); break;
            case 0x89: _stack.Push(false); break;
            case (byte)'J': _stack.Push((long)bytes.Int32()); break;
            case (byte)'K': _stack.Push((long)bytes.Byte()); break;
            case (byte)'M': _stack.Push((long)bytes.UInt16()); break;
            case (byte)'I': _stack.Push(IntOrBool(ref bytes)); break;
            case (byte)'L': _stack.Push(bytes.IntegerLine()); break;
            case 0x8A: _stack.Push(bytes.Integer(bytes.Byte())); break;
            case 0x8B: _stack.Push(bytes.Integer(bytes.UInt32())); break;
            case (byte)'F': _stack.Push(bytes.FloatLine()); break;
            case (byte)'G': _stack.Push(bytes.Float()); break;
            case (byte)'X': _stack.Push(bytes.Utf8(bytes.UInt32())); break;
            case 0x8C: _stack.Push(bytes.Utf8(bytes.Byte())); break;
            case 0x8D: _stack.Push(bytes.Utf8(bytes.UInt64())); break;
            case (byte)'T': _stack.Push(bytes.Latin1(bytes.UInt32())); break;
            case (byte)'U': _stack.Push(bytes.Latin1(bytes.Byte())); break;
            case (byte)'B': _stack.Push(bytes.Take(bytes.UInt32()).ToArray()); break;
            case (byte)'C': _stack.Push(bytes.Take(bytes.Byte()).ToArray()); break;
            case 0x8E or 0x96: _stack.Push(bytes.Take(bytes.UInt64()).ToArray()); break;
            default: return false;
        }

        return true;
    }

    private bool Container(byte opcode, ref PickleBytes bytes)
    {
        switch (opcode)
        {
            case (byte)'(': _stack.Mark(); break;
            case (byte)')': _stack.Push(Array.Empty<object?>()); break;
            case (byte)'t': _stack.Push(_stack.PopToMark()); break;
            case 0x85: _stack.Push(new[] { _stack.Pop() }); break;
            case 0x86: Tuple(2); break;
            case 0x87: Tuple(3); break;
            case (byte)']' or 0x8F: _stack.Push(new List<object?>()); break;
            case (byte)'l' or 0x91: _stack.Push(new List<object?>(_stack.PopToMark())); break;
            case (byte)'}': _stack.Push(new PlainMap()); break;
            case (byte)'d':
                object?[] pairs = _stack.PopToMark();
                _stack.Push(new PlainMap());
                Fill(pairs, ref bytes);
                break;
            case (byte)'a':
                object? item = _stack.Pop();
                Target<List<object?>>("a list", ref bytes).Add(item);
                break;
            case (byte)'e' or 0x90:
                object?[] items = _stack.PopToMark();
                Target<List<object?>>("a list", ref bytes).AddRange(items);
                break;
            case (byte)'s':
                object? value = _stack.Pop();
                object? key = _stack.Pop();
                Fill([key, value], ref bytes);
                break;
            case (byte)'u': Fill(_stack.PopToMark(), ref bytes); break;
            default: return false;
        }

        return true;
    }

    private bool Memo(byte opcode, ref PickleBytes bytes)
    {
        switch (opcode)
        {
            case (byte)'q': _memo[bytes.Byte()] = _stack.Peek(); break;
            case (byte)'r': _memo[bytes.UInt32()] = _stack.Peek(); break;
            case (byte)'p': _memo[MemoIndex(ref bytes)] = _stack.Peek(); break;
            case 0x94: _memo[(uint)_memo.Count] = _stack.Peek(); break;
            case (byte)'h': _stack.Push(Recall(bytes.Byte(), ref bytes)); break;
            case (byte)'j': _stack.Push(Recall(bytes.UInt32(), ref bytes)); break;
            case (byte)'g': _stack.Push(Recall(MemoIndex(ref bytes), ref bytes)); break;
            case (byte)'0': _stack.Discard(); break;
            case (byte)'1': _stack.PopToMark(); break;
            case (byte)'2': _stack.Push(_stack.Peek()); break;
            default: return false;
        }

        return true;
    }

    private void Object(byte opcode, ref PickleBytes bytes)
    {
        switch (opcode)
        {
            case 0x80: CheckProtocol(bytes.Byte(), ref bytes); break;
            case 0x95: _ = bytes.UInt64(); break;
            case (byte)'c': _stack.Push(PickleGlobals.Find(bytes.Line(), bytes.Line(), file.Name)); break;
            case 0x93:
                object? name = _stack.Pop();
                object? module = _stack.Pop();
                _stack.Push(PickleGlobals.Find(Text(module, ref bytes), Text(name, ref bytes), file.Name));
                break;
            case (byte)'R' or 0x81: Call(ref bytes); break;
            case 0x92:
                if (_stack.Pop() is not PlainMap { Count: 0 })
                    throw bytes.Broken("calls a constructor by keywords, which no allowed one takes");
                Call(ref bytes);
                break;
            case (byte)'b':
                object? state = _stack.Pop();
                PickleGlobals.Build(_stack.Peek(), state, _context);
                break;
            case (byte)'Q':
                object?[] id = _stack.Pop() as object?[] ?? throw bytes.Broken("refers to a storage in an unknown way");
                if (findStorage is null)
                    throw bytes.Broken("refers to a storage where none may be");
                _stack.Push(findStorage(id));
                break;
            default:
                throw bytes.Broken(
                    $"has instruction 0x{opcode:X2}, which torch.save does not write; refused, nothing was executed");
        }
    }

    private void Call(ref PickleBytes bytes)
    {
        object?[] arguments = _stack.Pop() as object?[] ?? throw bytes.Broken("calls something without an argument tuple");
        PickleGlobal global = _stack.Pop() as PickleGlobal
            ?? throw bytes.Broken("calls a value that is no constructor; refused, nothing was executed");
        _stack.Push(global.Call(arguments, _context));
    }

    private void Tuple(int count)
    {
        var items = new object?[count];
        for (int i = count - 1; i >= 0; i--)
            items[i] = _stack.Pop();
        _stack.Push(items);
    }

    private void Fill(object?[] pairs, ref PickleBytes bytes)
    {
        PlainMap map = Target<PlainMap>("a dictionary", ref bytes);
        if (pairs.Length % 2 != 0)
            throw bytes.Broken("has a dictionary key without a value");
        for (int i = 0; i < pairs.Length; i += 2)
            map.Set(pairs[i] ?? throw bytes.Broken("has a dictionary key None, which is not supported"), pairs[i + 1]);
    }

    private T Target<T>(string kind, ref PickleBytes bytes)
        where T : class => _stack.Peek() as T ?? throw bytes.Broken($"adds items to something that is not {kind}");

    private object? Recall(uint index, ref PickleBytes bytes) =>
        _memo.TryGetValue(index, out object? value) ? value : throw bytes.Broken($"recalls value {index}, which it never stored");

    private static uint MemoIndex(ref PickleBytes bytes) =>
        bytes.IntegerLine() is long index and >= 0 and <= uint.MaxValue
            ? (uint)index
            : throw bytes.Broken("has a wrong memo index");

    private static string Text(object? value, ref PickleBytes bytes) =>
        value as string ?? throw bytes.Broken("names a class by something that is not text");

    private static object IntOrBool(ref PickleBytes bytes)
    {
        // The older protocols write booleans as the integers "00" and "01".
        int start = bytes.Position;
        object value = bytes.IntegerLine();
        bool twoDigits = bytes.Position - start == 3;
        return twoDigits && value is (0L or 1L) ? (object)(value is 1L) : value;
    }

    private static void CheckProtocol(byte protocol, ref PickleBytes bytes)
    {
        if (protocol > 5)
            throw bytes.Broken($"is of protocol {protocol}; 0 to 5 are known");
    }
}
