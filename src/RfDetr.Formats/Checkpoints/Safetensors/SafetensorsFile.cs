using System.Buffers.Binary;
using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>A safetensors file: 8 bytes header length, a JSON header, then the tensors' bytes without gaps.</summary>
internal static class SafetensorsFile
{
    /// <summary>The format's own limit for headers.</summary>
    public const long MaxHeaderLength = 100_000_000;

    /// <summary>True if the first bytes can only be a safetensors file.</summary>
    public static bool LooksLikeOne(ReadOnlySpan<byte> head) =>
        head.Length >= 9
            && head[8] == (byte)'{' && BinaryPrimitives.ReadUInt64LittleEndian(head) is >= 2 and <= (ulong)MaxHeaderLength;

    /// <summary>Reads and checks the header; tensors stay in the file.</summary>
    /// <returns>Tensors by name, and the texts under <c>__metadata__</c>.</returns>
    public static (Dictionary<string, HostTensor> Tensors, PlainMap Metadata) Read(FileBytes file)
    {
        ulong claimed = BinaryPrimitives.ReadUInt64LittleEndian(file.Slice(0, 8).Span);
        if (claimed > (ulong)MaxHeaderLength)
            throw new CheckpointFormatException(
                $"{file.Name}: a safetensors header of {claimed} bytes is above the limit of {MaxHeaderLength}");
        long start = 8 + (long)claimed;
        if (start > file.Length)
            throw new CheckpointFormatException(
                $"{file.Name} is truncated: its header of {claimed} bytes ends at {start}, the file at {file.Length}; "
                    + $"download or copy it again");
        SafetensorsHeader header = SafetensorsHeader.Parse(file.Slice(8, (long)claimed).Span, file.Name);
        CheckCoverage(header, file.Length - start, file.Name);

        var tensors = new Dictionary<string, HostTensor>(header.Entries.Count);
        foreach (SafetensorsEntry entry in header.Entries)
        {
            ReadOnlyMemory<byte> view = file.Slice(start + entry.Begin, entry.End - entry.Begin);
            bool aligned = (start + entry.Begin) % entry.DType.SizeInBytes() == 0;
            tensors.Add(entry.Name, new HostTensor(entry.DType, entry.Shape, aligned ? view : view.ToArray()));
        }

        return (tensors, header.Metadata);
    }

    /// <summary>
    /// The tensors must tile the data: overlaps hide data, gaps hide anything, and a short file is a broken download.
    /// </summary>
    private static void CheckCoverage(SafetensorsHeader header, long dataLength, string name)
    {
        long end = 0;
        string last = "the header";
        foreach (SafetensorsEntry entry in header.Entries.OrderBy(e => e.Begin).ThenBy(e => e.End))
        {
            if (entry.Begin < end)
                throw new CheckpointFormatException(
                    $"{name}: tensors '{last}' and '{entry.Name}' overlap at byte {entry.Begin}; the file is damaged");
            if (entry.Begin > end)
                throw new CheckpointFormatException(
                    $"{name}: bytes {end} to {entry.Begin} before tensor '{entry.Name}' belong to no tensor; the file is "
                        + $"damaged");
            (end, last) = (entry.End, entry.Name);
            if (end > dataLength)
                throw new CheckpointFormatException(
                    $"{name} is truncated: tensor '{entry.Name}' ends at byte {end} of the data, which has {dataLength}; "
                        + $"download or copy it again");
        }

        if (end != dataLength)
            throw new CheckpointFormatException(
                $"{name}: {dataLength - end} bytes after the last tensor belong to no tensor; the file is damaged");
    }
}
