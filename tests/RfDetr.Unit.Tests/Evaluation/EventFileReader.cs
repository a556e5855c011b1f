using System.Buffers.Binary;
using System.Text;

namespace RfDetr.Tests.Evaluation;

/// <summary>
/// Reads TensorBoard's event files again: framing with a CRC-32C computed bit by bit, and Protocol Buffers' fields by number.
/// </summary>
internal static class EventFileReader
{
    public static List<Dictionary<int, object>> Read(string path)
    {
        ReadOnlySpan<byte> bytes = File.ReadAllBytes(path);
        var events = new List<Dictionary<int, object>>();
        while (bytes.Length > 0)
        {
            int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]).ShouldBe(Masked(bytes[..8]));
            ReadOnlySpan<byte> data = bytes.Slice(12, length);
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[(12 + length)..]).ShouldBe(Masked(data));
            events.Add(Fields(data));
            bytes = bytes[(16 + length)..];
        }

        return events;
    }

    /// <summary>
    /// Field number → ulong (varint), double, float or bytes; the last of repeated ones, all of field 1 as a list under −1.
    /// </summary>
    public static Dictionary<int, object> Fields(ReadOnlySpan<byte> data)
    {
        var fields = new Dictionary<int, object>();
        var repeated = new List<byte[]>();
        while (data.Length > 0)
        {
            ulong tag = VarInt(ref data);
            int number = (int)(tag >> 3), size;
            switch (tag & 7)
            {
                case 0:
                    fields[number] = VarInt(ref data);
                    continue;
                case 1:
                    (fields[number], size) = (BinaryPrimitives.ReadDoubleLittleEndian(data), 8);
                    break;
                case 5:
                    (fields[number], size) = (BinaryPrimitives.ReadSingleLittleEndian(data), 4);
                    break;
                default:
                    size = (int)VarInt(ref data);
                    fields[number] = data[..size].ToArray();
                    if (number == 1)
                        repeated.Add(data[..size].ToArray());
                    break;
            }

            data = data[size..];
        }

        fields[-1] = repeated;
        return fields;
    }

    public static string Text(object bytes) => Encoding.UTF8.GetString((byte[])bytes);

    public static uint Masked(ReadOnlySpan<byte> data)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in data)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1; // Castagnoli's polynomial, reversed
        }

        crc = ~crc;
        return unchecked(((crc >> 15) | (crc << 17)) + 0xa282ead8);
    }

    private static ulong VarInt(ref ReadOnlySpan<byte> data)
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte b = data[0];
            data = data[1..];
            value |= (ulong)(b & 0x7f) << shift;
            if (b < 0x80)
                return value;
        }
    }
}
