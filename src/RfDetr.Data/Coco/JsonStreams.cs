using System.Text;

namespace RfDetr.Data;

/// <summary>JSON as other tools write it, as a stream of the JSON that parsers accept.</summary>
internal static class JsonStreams
{
    /// <summary>The stream as UTF-8: what begins as UTF-16 or UTF-32 is transcoded.</summary>
    /// <param name="stream">Stays open.</param>
    public static Stream AsUtf8(Stream stream)
    {
        byte[] start = new byte[4];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        (Encoding? encoding, int mark) = TextFile.Marked(start.AsSpan(0, length));
        var whole = new PrefixStream(start.AsMemory(0, length)[(encoding is null ? 0 : mark)..], stream);
        return encoding is null or UTF8Encoding
            ? whole
            : Encoding.CreateTranscodingStream(whole, encoding, Encoding.UTF8, leaveOpen: true);
    }
}

/// <summary>Bytes that were read already, then the rest of a stream.</summary>
internal sealed class PrefixStream(ReadOnlyMemory<byte> prefix, Stream rest) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _prefix = prefix;

    public override int Read(Span<byte> buffer)
    {
        if (_prefix.IsEmpty)
            return rest.Read(buffer);
        int count = Math.Min(buffer.Length, _prefix.Length);
        _prefix.Span[..count].CopyTo(buffer);
        _prefix = _prefix[count..];
        return count;
    }
}

/// <summary>
/// Python writes numbers that JSON has no words for: <c>NaN</c>, <c>Infinity</c>, <c>-Infinity</c>. Outside of texts they become
/// the texts "", "inf" and "-inf" with blanks, so that every byte stays where it was.
/// </summary>
internal sealed class PythonNumbersStream(Stream stream) : ReadOnlyStream
{
    private static readonly (byte[] Word, byte[] Text)[] s_words =
    [
        ("NaN"u8.ToArray(), "\"\" "u8.ToArray()),
        ("Infinity"u8.ToArray(), "\"inf\"   "u8.ToArray()),
        ("-Infinity"u8.ToArray(), "\"-inf\"   "u8.ToArray()),
    ];

    private readonly byte[] _buffer = new byte[1 << 16];
    private int _start;
    private int _length;
    private bool _ended;
    private bool _inText;
    private bool _escaped;

    /// <summary>Number of words that were replaced.</summary>
    public int Replaced { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        // A word may lie across two reads, so some bytes are kept back until the end.
        const int Longest = 9;
        if (_length - _start < Longest && !_ended)
            Fill();
        int ready = _ended ? _length - _start : _length - _start - (Longest - 1);
        int count = Math.Min(buffer.Length, ready);
        for (int i = 0; i < count; i++)
        {
            Step(_start);
            buffer[i] = _buffer[_start++];
        }

        return count;
    }

    private void Fill()
    {
        _buffer.AsSpan(_start, _length - _start).CopyTo(_buffer);
        (_length, _start) = (_length - _start, 0);
        int room = _buffer.Length - _length;
        int read = stream.ReadAtLeast(_buffer.AsSpan(_length), room, throwOnEndOfStream: false);
        _ended = read < room;
        _length += read;
    }

    private void Step(int at)
    {
        byte now = _buffer[at];
        if (_escaped)
            _escaped = false;
        else if (_inText)
            (_escaped, _inText) = (now == '\\', now != '"');
        else if (now == '"')
            _inText = true;
        else if (now is (byte)'N' or (byte)'I' or (byte)'-')
            Replace(at);
        // The opening and closing quotes that were put in go through here as well and cancel out.
    }

    private void Replace(int at)
    {
        foreach ((byte[] word, byte[] text) in s_words)
        {
            if (!_buffer.AsSpan(at, _length - at).StartsWith(word))
                continue;
            text.CopyTo(_buffer.AsSpan(at));
            _inText = true;
            Replaced++;
            return;
        }
    }
}

/// <summary>The rest of a stream that can only be read.</summary>
internal abstract class ReadOnlyStream : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public abstract override int Read(Span<byte> buffer);

    public override void Flush()
    {
        // Nothing is written.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
