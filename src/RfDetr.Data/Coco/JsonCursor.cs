using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace RfDetr.Data;

/// <summary>
/// Reads JSON from a stream token by token through a small buffer, so that a file of any size needs no memory of its own, and
/// knows where it is: <see cref="Section"/>, <see cref="Index"/> and <see cref="Field"/> go into every error.
/// </summary>
internal ref struct JsonCursor
{
    private const int FirstBuffer = 1 << 18;
    private const int LargestToken = 1 << 26;

    private readonly Stream _stream;
    private readonly string _file;
    private readonly bool _opens;
    private byte[] _buffer = new byte[FirstBuffer];
    private int _length;
    private int _start;
    private bool _final;
    private Utf8JsonReader _reader;

    /// <summary>Begins at the first token.</summary>
    /// <param name="stream">UTF-8; stays open.</param>
    /// <param name="file">Name of the file in messages.</param>
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

    /// <summary>The list that flaws are counted in; null: none.</summary>
    public ProblemList? Problems { get; set; }

    public readonly JsonTokenType Token => _reader.TokenType;

    /// <summary>Number of containers around the token.</summary>
    public readonly int Depth => _reader.CurrentDepth;

    /// <summary>
    /// The text of a string or a property name. Bytes that are not UTF-8 and halves of surrogate pairs are read as they can be.
    /// </summary>
    public readonly string Text
    {
        get
        {
            try
            {
                return _reader.GetString()!;
            }
            catch (InvalidOperationException)
            {
                string text = Lenient();
                Flaw(DataFlaw.OddText, $"is '{(text.Length <= 40 ? text : text[..40] + "…")}'");
                return text;
            }
        }
    }

    /// <summary>Moves on to the next token.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Next()
    {
        if (!_reader.Read())
            NextFromStream();
    }

    /// <summary>True if the token is a property of this name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name)
    {
        try
        {
            return _reader.ValueTextEquals(name);
        }
        catch (InvalidOperationException)
        {
            return false; // a name that is no text
        }
    }

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

    /// <summary>Passes over the rest of the object or list whose first token had the given <see cref="Depth"/>.</summary>
    public void SkipToEnd(int depth)
    {
        while (!(Token is JsonTokenType.EndObject or JsonTokenType.EndArray && _reader.CurrentDepth == depth))
            Next();
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

    /// <summary>The token as a finite number of any size that a double holds; text that is one counts as well.</summary>
    public readonly double Number() =>
        TryNumber(out double value) && double.IsFinite(value) ? value : throw Wrong("a finite number");

    /// <summary>The token as a number that need not be finite.</summary>
    public readonly bool TryNumber(out double value)
    {
        value = double.NaN;
        if (Token == JsonTokenType.Number)
            return _reader.TryGetDouble(out value);
        if (Token != JsonTokenType.String)
            return false;
        string text = Text.Trim();
        if (text is "" || text.Equals("nan", StringComparison.OrdinalIgnoreCase))
            return true;
        if (text.TrimStart('-', '+').ToUpperInvariant() is "INF" or "INFINITY")
        {
            value = text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    /// <summary>The token as a whole number; 3.0 is one, and so is "3".</summary>
    public readonly long Whole() => TryWhole(out long whole) ? whole : throw Wrong("a whole number");

    /// <summary>The token as a whole number, if it is one.</summary>
    public readonly bool TryWhole(out long whole)
    {
        whole = 0;
        if (Token == JsonTokenType.Number && _reader.TryGetInt64(out whole))
            return true;
        if (Token == JsonTokenType.String
            && long.TryParse(Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole))
            return true;
        if (!TryNumber(out double value) || Math.Floor(value) != value || !(Math.Abs(value) < 1L << 53))
            return false;
        whole = (long)value;
        return true;
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
        bool complete = Token is JsonTokenType.EndObject or JsonTokenType.EndArray && _reader.CurrentDepth == 0;
        bool truncated = _opens && _final && !complete && (seen.IsEmpty || seen[^1] is not ((byte)'}' or (byte)']'));
        string place = Invariant.Text($"line {failure.LineNumber + 1}, byte {failure.BytePositionInLine + 1}");
        return truncated
            ? Error($"breaks off at {place}: the file ends before its JSON does; copy or fetch it again", failure)
            : Error($"is not JSON at {place}: {failure.Message.Split(". LineNumber")[0]}", failure);
    }

    /// <summary>An error at this place.</summary>
    public readonly DataSetFormatException Error(string what, Exception? inner = null)
    {
        string place = Place();
        return new DataSetFormatException(_file, place.Length > 0 ? $"{place} {what}." : $"{what}.", inner);
    }

    /// <summary>Counts something odd at this place.</summary>
    public readonly void Flaw(DataFlaw flaw, string what) => Problems?.Flaw(flaw, _file, $"{Place()} {what}");

    /// <summary>This place: list, entry and field.</summary>
    public readonly string Place()
    {
        string place = Section;
        if (Index >= 0)
            place += Invariant.Text($"[{Index}]");
        if (Field.Length > 0)
            place += place.Length > 0 ? "." + Field : Field;
        return place;
    }

    private readonly string Describe() => Token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "a list",
        JsonTokenType.EndArray => "missing (the list ends before it)",
        JsonTokenType.String when _reader.ValueSpan.IsEmpty && !_reader.HasValueSequence => "NaN or an empty text",
        JsonTokenType.String => Text is { Length: <= 40 } text ? $"the text '{text}'" : "a long text",
        JsonTokenType.Number =>
            Encoding.UTF8.GetString(_reader.ValueSpan is { Length: <= 40 } number ? number : "a long number"u8),
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        _ => "null",
    };

    /// <summary>
    /// The token's text where it is not what JSON promises: other bytes as Latin-1, half a surrogate pair as U+FFFD.
    /// </summary>
    private readonly string Lenient()
    {
        string raw = TextFile.Decode(_reader.ValueSpan);
        var text = new StringBuilder(raw.Length);
        for (int i = 0; i < raw.Length; i++)
        {
            if (raw[i] != '\\' || i + 1 == raw.Length)
            {
                text.Append(raw[i]);
                continue;
            }

            char kind = raw[++i];
            if (kind == 'u' && i + 4 < raw.Length
                && ushort.TryParse(
                    raw.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ushort unit))
            {
                text.Append((char)unit);
                i += 4;
            }
            else
            {
                text.Append(kind switch { 'n' => '\n', 't' => '\t', 'r' => '\r', 'b' => '\b', 'f' => '\f', _ => kind });
            }
        }

        for (int i = 0; i < text.Length; i++)
        {
            bool pair = char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]);
            if (pair)
                i++;
            else if (char.IsSurrogate(text[i]))
                text[i] = '\uFFFD';
        }

        return text.ToString();
    }

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
