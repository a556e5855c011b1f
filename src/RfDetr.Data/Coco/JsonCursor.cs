using System.Runtime.CompilerServices;
using System.Text.Json;

namespace RfDetr.Data;

/// <summary>
/// Reads JSON from a stream token by token through a small buffer, so that a file of any size needs no memory of its own, and knows
/// where it is: <see cref="Section"/>, <see cref="Index"/> and <see cref="Field"/> go into every error.
/// </summary>
internal ref struct JsonCursor
{
    private const int FirstBuffer = 1 << 18;
    private const int LargestToken = 1 << 28;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly bool _opens;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _length;
    private int _start;
    private bool _final;
    private Utf8JsonReader _reader;

    public JsonCursor(Stream stream, string file)
    {
        (_stream, _file) = (stream, file);
        _length = stream.ReadAtLeast(_buffer, _buffer.Length, throwOnEndOfStream: false);
        _final = _length < _buffer.Length;
        _start = _buffer.AsSpan(0, _length).StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? 3 : 0;
        _reader = new Utf8JsonReader(_buffer.AsSpan(_start, _length - _start), _final, default);
        if (_length == _start)
            throw Error("the file is empty");
        ReadOnlySpan<byte> begin = _buffer.AsSpan(_start, _length - _start).TrimStart(" \t\r\n"u8);
        _opens = begin.IsEmpty || begin[0] is (byte)'{' or (byte)'[';
    }

    /// <summary>The list that is being read; empty outside of lists.</summary>
    public string Section { get; set; } = "";

    /// <summary>The entry of the list, from 0; −1 before the first.</summary>
    public int Index { get; set; } = -1;

    /// <summary>The field of the entry; empty outside of entries.</summary>
    public string Field { get; set; } = "";

    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>The text of a string or a property name.</summary>
    public readonly string Text => _reader.GetString()!;

    /// <summary>Moves on to the next token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next()
    {
        if (!_reader.Read())
            NextFromStream();
    }

    /// <summary>Whether the token is a property of this name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    /// <summary>Passes over the value that begins at this token.</summary>
    public void Skip()
    {
        if (Token is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return;
        int depth = _reader.CurrentDepth;
        do
            Next();
        while (_reader.CurrentDepth > depth);
    }

    /// <summary>Nothing but white space may follow the root value.</summary>
    public void ExpectEnd()
    {
        while (!_reader.Read())
        {
            if (_final)
                return;
            Refill();
        }
    }

    /// <summary>The token as a number of any size that a double holds; finite.</summary>
    public readonly double Number() =>
        Token == JsonTokenType.Number && _reader.TryGetDouble(out double value) && double.IsFinite(value) ? value : throw Wrong("a finite number");

    /// <summary>The token as a whole number; 3.0 is one.</summary>
    public readonly long Whole()
    {
        if (Token == JsonTokenType.Number)
        {
            if (_reader.TryGetInt64(out long whole))
                return whole;
            if (_reader.TryGetDouble(out double value) && Math.Floor(value) == value && Math.Abs(value) < 1L << 53)
                return (long)value;
        }

        throw Wrong("a whole number");
    }

    /// <summary>The token as a whole number within bounds.</summary>
    public readonly int Whole(int least, int most)
    {
        long value = Whole();
        return value >= least && value <= most ? (int)value : throw Error($"is {value}; it must be {least} to {most}");
    }

    /// <summary>The token as text.</summary>
    public readonly string String() => Token == JsonTokenType.String ? Text : throw Wrong("a string");

    /// <summary>An error about the value at this token.</summary>
    public readonly DataSetFormatException Wrong(string expected) => Error($"is {Describe()}; it must be {expected}");

    /// <summary>An error for what the parser refused.</summary>
    public readonly DataSetFormatException Malformed(JsonException failure)
    {
        ReadOnlySpan<byte> seen = _buffer.AsSpan(0, _length).TrimEnd(" \t\r\n"u8);
        bool truncated = _opens && _final && (seen.IsEmpty || seen[^1] is not ((byte)'}' or (byte)']'));
        string place = FormattableString.Invariant($"line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}");
        return truncated
            ? Error($"breaks off at {place}: the file ends before its JSON does; copy or fetch it again", failure)
            : Error($"is not JSON at {place}: {failure.Message.Split(". LineNumber")[0]}", failure);
    }

    /// <summary>An error at this place.</summary>
    public readonly DataSetFormatException Error(string what, Exception? inner = null)
    {
        string place = Section;
        if (Index >= 0)
            place += FormattableString.Invariant($"[{Index}]");
        if (Field.Length > 0)
            place += place.Length > 0 ? "." + Field : Field;
        return new DataSetFormatException(_file, place.Length > 0 ? $"{place} {what}." : $"{what}.", inner);
    }

    private readonly string Describe() => Token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray => "missing (the list ends before it)",
        JsonTokenType.String => Text is { Length: <= 40 } text ? $"the text '{text}'" : "a long text",
        JsonTokenType.Number => System.Text.Encoding.UTF8.GetString(_reader.ValueSpan),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    private void NextFromStream()
    {
        do
        {
            if (_final)
                throw Error("has more after its end");
            Refill();
        }
        while (!_reader.Read());
    }

    private void Refill()
    {
        byte[] old = _buffer;
        int done = _start + (int)_reader.BytesConsumed, rest = _length - done;
        if (rest == old.Length)
        {
            if (rest >= LargestToken)
                throw Error($"holds a single text or number of more than {LargestToken} bytes");
            _buffer = new byte[2 * old.Length];
        }

        old.AsSpan(done, rest).CopyTo(_buffer);
        _length = rest + _stream.ReadAtLeast(_buffer.AsSpan(rest), _buffer.Length - rest, throwOnEndOfStream: false);
        _final = _length < _buffer.Length;
        _start = 0;
        _reader = new Utf8JsonReader(_buffer.AsSpan(0, _length), _final, _reader.CurrentState);
    }
}
