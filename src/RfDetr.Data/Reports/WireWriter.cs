using System.Buffers.Binary;
using System.Text;

namespace RfDetr.Data;

/// <summary>
/// The few shapes of Protocol Buffers' wire format that event files need: varints, fixed numbers, nested messages.
/// </summary>
internal sealed class WireWriter
{
    private const int VarInt = 0, Fixed64 = 1, Bytes = 2, Fixed32 = 5;

    private readonly MemoryStream _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.GetBuffer().AsSpan(0, (int)_bytes.Length);

    public WireWriter Int(int field, long value)
    {
        Tag(field, VarInt);
        Number((ulong)value);
        return this;
    }

    public WireWriter Double(int field, double value)
    {
        Span<byte> raw = stackalloc byte[sizeof(double)];
        BinaryPrimitives.WriteDoubleLittleEndian(raw, value);
        Tag(field, Fixed64);
        _bytes.Write(raw);
        return this;
    }

    public WireWriter Float(int field, float value)
    {
        Span<byte> raw = stackalloc byte[sizeof(float)];
        BinaryPrimitives.WriteSingleLittleEndian(raw, value);
        Tag(field, Fixed32);
        _bytes.Write(raw);
        return this;
    }

    public WireWriter Text(int field, string value) => Raw(field, Encoding.UTF8.GetBytes(value));

    public WireWriter Message(int field, WireWriter message) => Raw(field, message.Written);

    public WireWriter Raw(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, Bytes);
        Number((ulong)value.Length);
        _bytes.Write(value);
        return this;
    }

    private void Tag(int field, int type) => Number((ulong)(field << 3 | type));

    private void Number(ulong value)
    {
        for (; value >= 0x80; value >>= 7)
            _bytes.WriteByte((byte)(value | 0x80));
        _bytes.WriteByte((byte)value);
    }
}
