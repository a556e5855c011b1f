using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>Reads a pickle's bytes; every length is checked against what is left before anything is made.</summary>
internal ref struct PickleBytes(ReadOnlySpan<byte> data, int position, string fileName)
{
    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
    private readonly ReadOnlySpan<byte> _data = data;

    /// <summary>Index of the next byte.</summary>
    public int Position { get; private set; } = position;

    public readonly int Length => _data.Length;

    public byte Byte() => Take(1)[0];

    public ushort UInt16() => BinaryPrimitives.ReadUInt16LittleEndian(Take(2));

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(4));

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Take(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>Pickle's one big-endian number.</summary>
    public double Float() => BinaryPrimitives.ReadDoubleBigEndian(Take(8));

    public ReadOnlySpan<byte> Take(ulong count)
    {
        if (count > (ulong)(_data.Length - Position))
            throw Broken($"needs {count} more bytes where {_data.Length - Position} are left; the file is truncated or damaged");
        ReadOnlySpan<byte> taken = _data.Slice(Position, (int)count);
        Position += (int)count;
        return taken;
    }

    public string Utf8(ulong count)
    {
        ReadOnlySpan<byte> bytes = Take(count);
        try
        {
            return s_strict.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            throw Broken("has a string that is not UTF-8", e);
        }
    }

    /// <summary>Python 2 strings: bytes of an unstated encoding, kept one to one.</summary>
    public string Latin1(ulong count) => Encoding.Latin1.GetString(Take(count));

    /// <summary>Text up to the next line feed.</summary>
    public string Line()
    {
        int length = _data[Position..].IndexOf((byte)'\n');
        if (length < 0)
            throw Broken("ends inside a line");
        string line = Utf8((ulong)length);
        Position++;
        return line;
    }

    /// <summary>Two's complement, little endian, as a long if it fits.</summary>
    public object Integer(ulong count)
    {
        if (count > PickleLimits.MaxIntegerBytes)
            throw Broken($"has an integer of {count} bytes; the limit is {PickleLimits.MaxIntegerBytes}");
        return Narrow(new BigInteger(Take(count)));
    }

    /// <summary>An integer in decimal, as the older protocols write it.</summary>
    public object IntegerLine()
    {
        string line = Line().TrimEnd('L');
        if (
            line.Length > PickleLimits.MaxIntegerBytes
                || !BigInteger.TryParse(line, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out BigInteger value))
            throw Broken("has a number that cannot be read");
        return Narrow(value);
    }

    public double FloatLine()
    {
        if (!double.TryParse(Line(), NumberStyles.Float, CultureInfo.InvariantCulture, out double value))
            throw Broken("has a number that cannot be read");
        return value;
    }

    public readonly CheckpointFormatException Broken(string what, Exception? inner = null)
    {
        string message = $"{fileName}: the pickle {what} (byte {Position})";
        return inner is null ? new CheckpointFormatException(message) : new CheckpointFormatException(message, inner);
    }

    // The cast keeps the conditional from widening the long back.
    private static object Narrow(BigInteger value) =>
        value >= long.MinValue && value <= long.MaxValue ? (object)(long)value : value;
}
