using System.IO.Hashing;
using System.Buffers.Binary;
using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>Writes a zip archive of stored entries whose bytes begin at multiples of 64, as PyTorch's own files do.</summary>
/// <remarks>ZIP64 fields are written only where a position does not fit 32 bits; entries are below 2 GiB each.</remarks>
/// <param name="stream">Target of the archive.</param>
/// <param name="position">Bytes that stand before what is written here.</param>
internal sealed class ZipWriter(Stream stream, long position = 0)
{
    private const int Alignment = 64;
    private readonly List<(byte[] Name, uint Crc, int Length, long Position)> _entries = [];
    private long _position = position;

    public void Add(string name, ReadOnlySpan<byte> content)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        uint crc = Crc32.HashToUInt32(content);
        _entries.Add((utf8, crc, content.Length, _position));

        // The gap before the content is an extra field of its own; 'FB' is the one PyTorch uses.
        int padding = (int)(-(_position + 30 + utf8.Length + 4) & (Alignment - 1));
        var header = new byte[30 + utf8.Length + 4 + padding];
        U32(header, 0, 0x04034B50);
        Common(header.AsSpan(4), crc, content.Length, utf8.Length, 4 + padding);
        utf8.CopyTo(header, 30);
        Span<byte> extra = header.AsSpan(30 + utf8.Length);
        U16(extra, 0, 0x4246);
        U16(extra, 2, padding);
        extra[4..].Fill((byte)'Z');
        Emit(header);
        Emit(content);
    }

    /// <summary>Writes the directory; the archive is complete then.</summary>
    public void Finish()
    {
        long start = _position;
        foreach ((byte[] name, uint crc, int length, long at) in _entries)
        {
            bool wide = at >= uint.MaxValue;
            var record = new byte[46 + name.Length + (wide ? 12 : 0)];
            U32(record, 0, 0x02014B50);
            U16(record, 4, wide ? 45 : 20);
            Common(record.AsSpan(6), crc, length, name.Length, wide ? 12 : 0);
            U32(record, 42, wide ? uint.MaxValue : (uint)at);
            name.CopyTo(record, 46);
            if (wide)
            {
                Span<byte> extra = record.AsSpan(46 + name.Length);
                U16(extra, 0, 1);
                U16(extra, 2, 8);
                BinaryPrimitives.WriteInt64LittleEndian(extra[4..], at);
            }

            Emit(record);
        }

        Close(start, _position - start);
    }

    private void Close(long start, long length)
    {
        bool wide = start >= uint.MaxValue || _entries.Count >= ushort.MaxValue;
        if (wide)
        {
            var end64 = new byte[56 + 20];
            U32(end64, 0, 0x06064B50);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(4), 44);
            U16(end64, 12, 45);
            U16(end64, 14, 45);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(24), _entries.Count);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(32), _entries.Count);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(40), length);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(48), start);
            U32(end64, 56, 0x07064B50);
            BinaryPrimitives.WriteInt64LittleEndian(end64.AsSpan(64), _position);
            U32(end64, 72, 1);
            Emit(end64);
        }

        var end = new byte[22];
        U32(end, 0, 0x06054B50);
        U16(end, 8, wide ? ushort.MaxValue : _entries.Count);
        U16(end, 10, wide ? ushort.MaxValue : _entries.Count);
        U32(end, 12, (uint)Math.Min(length, uint.MaxValue));
        U32(end, 16, wide ? uint.MaxValue : (uint)start);
        Emit(end);
    }

    /// <summary>The fields that local headers and directory records share: version … extra length.</summary>
    private static void Common(Span<byte> fields, uint crc, int length, int nameLength, int extraLength)
    {
        U16(fields, 0, 20);
        U16(fields, 2, 0x0800); // names are UTF-8
        U16(fields, 8, 0x0021); // 1980-01-01, so that equal contents give equal files
        U32(fields, 10, crc);
        U32(fields, 14, (uint)length);
        U32(fields, 18, (uint)length);
        U16(fields, 22, nameLength);
        U16(fields, 24, extraLength);
    }

    private static void U16(Span<byte> bytes, int at, int value) =>
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[at..], (ushort)value);

    private static void U32(Span<byte> bytes, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(bytes[at..], value);

    private void Emit(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        _position += bytes.Length;
    }
}
