using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace RfDetr.Serve;

/// <summary>A named tensor of KServe's v2 protocol: numbers, integers or byte strings, whichever its datatype says.</summary>
internal sealed record V2Tensor(string Name, string Datatype, IReadOnlyList<long> Shape)
{
    public const string Fp32 = "FP32", Int32 = "INT32", ByteStrings = "BYTES";

    public float[] Floats { get; init; } = [];

    public int[] Ints { get; init; } = [];

    public IReadOnlyList<ReadOnlyMemory<byte>> Bytes { get; init; } = [];

    public long Elements => Shape.Aggregate(1L, static (product, size) => checked(product * size));

    /// <summary>Bytes of its binary form.</summary>
    public int BinarySize => Datatype == ByteStrings
        ? Bytes.Sum(b => sizeof(int) + b.Length)
        : (Datatype == Fp32 ? Floats.Length : Ints.Length) * sizeof(int);

    /// <summary>Writes its binary form: little endian, byte strings after their length.</summary>
    public void Write(Span<byte> to)
    {
        if (Datatype == ByteStrings)
        {
            foreach (ReadOnlyMemory<byte> element in Bytes)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(to, (uint)element.Length);
                element.Span.CopyTo(to[sizeof(uint)..]);
                to = to[(sizeof(uint) + element.Length)..];
            }

            return;
        }

        if (Datatype == Fp32)
            MemoryMarshal.AsBytes(Floats.AsSpan()).CopyTo(to);
        else
            MemoryMarshal.AsBytes(Ints.AsSpan()).CopyTo(to);
    }

    /// <summary>Reads the binary form of a tensor whose name, datatype and shape are known.</summary>
    /// <exception cref="ServeException">400: the bytes do not fit the shape.</exception>
    public V2Tensor WithBinary(ReadOnlyMemory<byte> binary)
    {
        if (Datatype == Fp32)
        {
            if (binary.Length % sizeof(float) != 0)
                throw Bad(Invariant.Text($"has {binary.Length} bytes, which are no whole FP32 values"));
            return (this with { Floats = MemoryMarshal.Cast<byte, float>(binary.Span).ToArray() }).Checked();
        }

        if (Datatype != ByteStrings)
            throw Bad("has a datatype that no input here has; expected FP32 or BYTES");
        var elements = new List<ReadOnlyMemory<byte>>();
        while (binary.Length > 0)
        {
            if (binary.Length < sizeof(uint))
                throw Bad("ends within the length of an element");
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(binary.Span);
            if (length > binary.Length - sizeof(uint))
                throw Bad(Invariant.Text($"claims an element of {length} bytes where {binary.Length - sizeof(uint)} are left"));
            elements.Add(binary.Slice(sizeof(uint), (int)length));
            binary = binary[(sizeof(uint) + (int)length)..];
        }

        return (this with { Bytes = elements }).Checked();
    }

    /// <summary>This tensor if it has as many elements as its shape says.</summary>
    public V2Tensor Checked()
    {
        int count = Datatype == ByteStrings ? Bytes.Count : Datatype == Fp32 ? Floats.Length : Ints.Length;
        long expected;
        try
        {
            expected = Shape.Any(s => s < 0) ? -1 : Elements;
        }
        catch (OverflowException)
        {
            expected = -1;
        }

        return count == expected
            ? this
            : throw Bad(Invariant.Text($"has {count} elements, its shape [{string.Join(", ", Shape)}] says otherwise"));
    }

    private ServeException Bad(string what) =>
        ServeException.BadRequest(ErrorCodes.Body, $"the input '{ServeException.Shown(Name)}' {what}");
}

/// <summary>A request of the v2 protocol, however it came.</summary>
internal sealed record V2Request
{
    public string? Id { get; init; }

    public required IReadOnlyList<V2Tensor> Inputs { get; init; }

    /// <summary>Names of the outputs that are wanted; null: the usual ones.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    public float? Confidence { get; init; }

    public IReadOnlyList<string> Classes { get; init; } = [];
}

/// <summary>The description of one tensor of a model.</summary>
internal sealed record V2TensorInfo(string Name, string Datatype, IReadOnlyList<long> Shape);

/// <summary>A model as the v2 protocol sees it: its images, or its tensors.</summary>
/// <param name="Id">The model's id.</param>
/// <param name="IsRaw">True if tensors pass through as they are.</param>
internal readonly record struct V2View(string Id, bool IsRaw)
{
    private const string Suffix = ".raw";

    /// <summary>The view that a name means: <c>M</c> or <c>M.raw</c>.</summary>
    public static V2View Of(string name, ModelRegistry models) =>
        name.EndsWith(Suffix, StringComparison.Ordinal) && !models.Ids.Contains(name)
            ? new(name[..^Suffix.Length], true)
            : new(name, false);
}
