using System.Text.Json;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>One tensor of the header; <c>[Begin, End)</c> counts from the first byte after the header.</summary>
internal sealed record SafetensorsEntry(string Name, DType DType, int[] Shape, long Begin, long End);

/// <summary>The parsed JSON header of a safetensors file.</summary>
internal sealed class SafetensorsHeader
{
    public List<SafetensorsEntry> Entries { get; } = [];

    public PlainMap Metadata { get; private set; } = new();

    public static SafetensorsHeader Parse(ReadOnlySpan<byte> json, string fileName)
    {
        var header = new SafetensorsHeader();
        var names = new HashSet<string>();
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 8 });
            Expect(ref reader, JsonTokenType.StartObject);
            while (Next(ref reader) == JsonTokenType.PropertyName)
            {
                string name = reader.GetString()!;
                if (!names.Add(name))
                    throw new CheckpointFormatException($"{fileName}: the header names '{name}' twice");
                if (name == "__metadata__")
                    header.Metadata = ReadMetadata(ref reader);
                else
                    header.Entries.Add(ReadEntry(ref reader, name, fileName));
            }

            while (reader.Read())
            {
                // Nothing but white space may follow; the reader throws on anything else.
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new CheckpointFormatException(
                $"{fileName}: the safetensors header is not what the format asks for ({e.Message})", e);
        }

        return header;
    }

    private static PlainMap ReadMetadata(ref Utf8JsonReader reader)
    {
        var metadata = new PlainMap();
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String);
            metadata.Set(key, reader.GetString());
        }

        return metadata;
    }

    private static SafetensorsEntry ReadEntry(ref Utf8JsonReader reader, string name, string fileName)
    {
        string? type = null;
        long[]? shape = null, offsets = null;
        Expect(ref reader, JsonTokenType.StartObject);
        while (Next(ref reader) == JsonTokenType.PropertyName)
        {
            string key = reader.GetString()!;
            switch (key)
            {
                case "dtype":
                    Expect(ref reader, JsonTokenType.String);
                    type = reader.GetString();
                    break;
                case "shape": shape = ReadNumbers(ref reader); break;
                case "data_offsets": offsets = ReadNumbers(ref reader); break;
                default: throw new FormatException($"tensor '{name}' has an unknown field '{key}'");
            }
        }

        if (type is null || shape is null || offsets is not [long begin, long end])
            throw new FormatException($"tensor '{name}' lacks dtype, shape or data_offsets");
        DType dtype = SafetensorsTypes.Parse(type) ?? throw new CheckpointFormatException(
            $"{fileName}: tensor '{name}' has element type {type}, which has no counterpart here; convert it to F32 and "
                + $"save again");
        return Checked(name, dtype, shape, begin, end, fileName);
    }

    private static SafetensorsEntry Checked(string name, DType dtype, long[] shape, long begin, long end, string fileName)
    {
        string Text() => $"{fileName}: tensor '{name}' of {dtype} and shape [{string.Join(", ", shape)}]";
        Int128 bytes = dtype.SizeInBytes();
        var sizes = new int[shape.Length];
        bool empty = shape.Contains(0);
        for (int i = 0; i < shape.Length; i++)
        {
            sizes[i] = shape[i] is >= 0 and <= int.MaxValue
                ? (int)shape[i]
                : throw new CheckpointFormatException($"{Text()} has a dimension outside 0…2147483647");
            bytes *= Math.Max(1, sizes[i]);
            if (bytes > long.MaxValue)
                throw new CheckpointFormatException($"{Text()} is larger than any file");
        }

        bytes = empty ? 0 : bytes;
        if (begin < 0 || end < begin || end - begin != bytes)
            throw new CheckpointFormatException(
                $"{Text()} takes {bytes} bytes, but its offsets are {begin} to {end}; the file is damaged");
        return new SafetensorsEntry(name, dtype, sizes, begin, end);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray);
        while (Next(ref reader) == JsonTokenType.Number)
            numbers.Add(reader.GetInt64());
        if (reader.TokenType != JsonTokenType.EndArray)
            throw new FormatException("a list has something other than numbers");
        return [.. numbers];
    }

    private static JsonTokenType Next(ref Utf8JsonReader reader) =>
        reader.Read() ? reader.TokenType : throw new FormatException("it ends too early");

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (Next(ref reader) != type)
            throw new FormatException($"there is a {reader.TokenType} where a {type} belongs");
    }
}
