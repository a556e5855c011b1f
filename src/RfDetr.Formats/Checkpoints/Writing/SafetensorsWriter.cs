using System.Buffers.Binary;
using System.Text.Json;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>
/// Writes safetensors files that describe themselves: arguments, facts and class map stand as JSON in
/// <c>__metadata__</c> (<c>rfdetr.args</c>, <c>rfdetr.metadata</c>, <c>rfdetr.class_map</c>); averaged weights are
/// tensors named <c>ema.…</c>.
/// </summary>
internal static class SafetensorsWriter
{
    /// <summary>
    /// Data begins at a multiple of this, and wider elements come first, so every tensor is aligned to its element.
    /// </summary>
    private const int Alignment = 64;

    /// <summary>Writes a file, streaming; it appears under its name only when it is whole.</summary>
    /// <exception cref="ArgumentException">
    /// A name is taken twice or not allowed, or the header passes the format's limit.
    /// </exception>
    public static void Write(string path, CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(content);
        AtomicFile.Write(path, stream => Write(stream, content));
    }

    /// <summary>Writes to a stream.</summary>
    /// <exception cref="ArgumentException">As for a file.</exception>
    public static void Write(Stream stream, CheckpointContent content)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(content);
        List<(string Name, HostTensor Tensor)> tensors = Collect(content);
        byte[] header = Header(content, tensors);
        int padded = (header.Length + 8 + Alignment - 1) / Alignment * Alignment - 8;
        if (padded > SafetensorsFile.MaxHeaderLength)
            throw new ArgumentException(
                $"the header of {padded} bytes is above the format's limit of {SafetensorsFile.MaxHeaderLength}",
                nameof(content));
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
        stream.Write(length);
        stream.Write(header);

        // The format pads its header with spaces.
        Span<byte> spaces = stackalloc byte[Alignment];
        spaces.Fill((byte)' ');
        stream.Write(spaces[..(padded - header.Length)]);
        foreach ((_, HostTensor tensor) in tensors)
            stream.Write(tensor.Bytes.Span);
    }

    private static List<(string Name, HostTensor Tensor)> Collect(CheckpointContent content)
    {
        var tensors = new List<(string Name, HostTensor Tensor)>();
        var names = new HashSet<string>();
        void Add(IWeightSource source, string prefix)
        {
            foreach (string name in source.Names)
            {
                if (name == "__metadata__" || !names.Add(prefix + name))
                    throw new ArgumentException(
                        $"a tensor cannot be named '{prefix + name}': the name is "
                            + $"{(name == "__metadata__" ? "the format's own" : "taken")}",
                        nameof(content));
                if (!source.TryGet(name, out HostTensor? tensor))
                    throw new ArgumentException($"the weights list '{name}' but do not give it", nameof(content));
                tensors.Add((prefix + name, tensor));
            }
        }

        Add(content.Weights, "");
        if (content.Ema is not null)
            Add(content.Ema, SafetensorsWeights.EmaPrefix);
        return [.. tensors.OrderByDescending(t => t.Tensor.DType.SizeInBytes())];
    }

    // Written by hand: the names of the header's entries are data, and one of them, __metadata__, has a type of its own.
    private static byte[] Header(CheckpointContent content, List<(string Name, HostTensor Tensor)> tensors)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("__metadata__");
            writer.WriteString("format", "pt");
            if (content.Args.Count > 0)
                writer.WriteString(SafetensorsWeights.ArgsKey, PlainJson.Write(content.Args));
            if (content.Metadata.Count > 0)
                writer.WriteString(SafetensorsWeights.MetadataKey, PlainJson.Write(content.Metadata));
            if (content.ClassMap is not null)
                writer.WriteString(SafetensorsWeights.ClassMapKey, PlainJson.Write(ClassMapPlain.Write(content.ClassMap)));
            writer.WriteEndObject();
            long position = 0;
            foreach ((string name, HostTensor tensor) in tensors)
            {
                writer.WriteStartObject(name);
                writer.WriteString("dtype", SafetensorsTypes.Name(tensor.DType));
                writer.WriteStartArray("shape");
                foreach (int size in tensor.Shape)
                    writer.WriteNumberValue(size);
                writer.WriteEndArray();
                writer.WriteStartArray("data_offsets");
                writer.WriteNumberValue(position);
                writer.WriteNumberValue(position += tensor.Bytes.Length);
                writer.WriteEndArray();
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
