using System.Text;

namespace RfDetr.Onnx;

/// <summary>Encodings of a field; groups (3, 4) are long gone from the format.</summary>
internal enum WireType
{
    Varint = 0,
    Fixed64 = 1,
    Bytes = 2,
    Fixed32 = 5,
}

/// <summary>Reads protocol-buffer fields from a seekable stream and skips what is not wanted without reading it.</summary>
internal sealed class WireReader(Stream stream)
{
    // Names, metadata and value descriptions; class lists of thousands of entries stay far below.
    private const long MaxText = 16 << 20;

    private long _end = stream.Length;

    /// <summary>The next field of the message at hand; false at its end.</summary>
    public bool NextField(out int field, out WireType type)
    {
        field = 0;
        type = default;
        if (stream.Position >= _end)
            return false;
        ulong tag = Varint();
        field = (int)Math.Min(tag >> 3, int.MaxValue);
        type = (WireType)(tag & 7);
        if (field == 0 || type is not (WireType.Varint or WireType.Fixed64 or WireType.Bytes or WireType.Fixed32))
            throw new OnnxFormatException($"invalid tag {tag} at byte {stream.Position}");
        return true;
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            int next = stream.Position < _end ? stream.ReadByte() : -1;
            if (next < 0)
                throw new OnnxFormatException($"it ends within a number at byte {stream.Position}");
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80)
                return value;
        }

        throw new OnnxFormatException($"a number of more than ten bytes at byte {stream.Position}");
    }

    public byte[] Bytes()
    {
        long length = Length();
        if (length > MaxText)
            throw new OnnxFormatException($"a text or description of {length} bytes, expected at most {MaxText}");
        var bytes = new byte[length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public void Skip(WireType type)
    {
        switch (type)
        {
            case WireType.Varint: Varint(); break;
            case WireType.Bytes: stream.Seek(Length(), SeekOrigin.Current); break;
            default: Move(type == WireType.Fixed64 ? 8 : 4); break;
        }
    }

    /// <summary>Starts on a nested message; pass the result to <see cref="Leave"/> at its end.</summary>
    public long Enter()
    {
        long length = Length();
        long outer = _end;
        _end = stream.Position + length;
        return outer;
    }

    public void Leave(long outer) => _end = outer;

    private long Length()
    {
        ulong length = Varint();
        if (length > (ulong)(_end - stream.Position))
            throw new OnnxFormatException(
                $"a field of {length} bytes at byte {stream.Position}, only {_end - stream.Position} are left");
        return (long)length;
    }

    private void Move(int bytes)
    {
        if (bytes > _end - stream.Position)
            throw new OnnxFormatException($"it ends within a number at byte {stream.Position}");
        stream.Seek(bytes, SeekOrigin.Current);
    }
}
