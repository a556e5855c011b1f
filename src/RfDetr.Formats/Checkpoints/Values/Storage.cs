using RfDetr.Tensors;

namespace RfDetr.Checkpoints;

/// <summary>A storage's element type: PyTorch's name and size, and ours where there is one.</summary>
internal sealed record StorageKind(string Name, int ElementSize, DType? DType)
{
    public static readonly StorageKind Bytes = new("uint8", 1, Tensors.DType.UInt8);

    private static readonly StorageKind[] s_all =
    [
        new("float32", 4, Tensors.DType.Float32), new("float64", 8, Tensors.DType.Float64),
        new("float16", 2, Tensors.DType.Float16), new("bfloat16", 2, Tensors.DType.BFloat16),
        new("int64", 8, Tensors.DType.Int64), new("int32", 4, Tensors.DType.Int32),
        new("int16", 2, Tensors.DType.Int16), new("int8", 1, Tensors.DType.Int8),
        Bytes, new("bool", 1, Tensors.DType.Bool),
        new("complex64", 8, null), new("complex128", 16, null), new("complex32", 4, null),
        new("uint16", 2, null), new("uint32", 4, null), new("uint64", 8, null),
        new("float8_e4m3fn", 1, null), new("float8_e5m2", 1, null),
    ];

    /// <summary>Names of <c>torch.XStorage</c> classes beside the element types.</summary>
    private static readonly Dictionary<string, string> s_storages = new()
    {
        ["FloatStorage"] = "float32",
        ["DoubleStorage"] = "float64",
        ["HalfStorage"] = "float16",
        ["BFloat16Storage"] = "bfloat16",
        ["LongStorage"] = "int64",
        ["IntStorage"] = "int32",
        ["ShortStorage"] = "int16",
        ["CharStorage"] = "int8",
        ["ByteStorage"] = "uint8",
        ["BoolStorage"] = "bool",
        ["ComplexFloatStorage"] = "complex64",
        ["ComplexDoubleStorage"] = "complex128",
        ["UntypedStorage"] = "uint8",
        ["TypedStorage"] = "uint8",
    };

    /// <summary>All storage classes.</summary>
    public static IEnumerable<string> StorageNames => s_storages.Keys;

    /// <summary>All element types by PyTorch's names.</summary>
    public static IEnumerable<string> DTypeNames => s_all.Select(k => k.Name);

    /// <summary>The storage class of one of our element types.</summary>
    public static string StorageOf(DType dtype)
    {
        string name = Array.Find(s_all, k => k.DType == dtype)!.Name;
        return s_storages.First(s => s.Value == name).Key;
    }

    /// <summary>By dtype name, e.g. <c>float32</c>; null if unknown.</summary>
    public static StorageKind? OfDType(string name) => Array.Find(s_all, k => k.Name == name);

    /// <summary>By storage class, e.g. <c>FloatStorage</c>; null if unknown.</summary>
    public static StorageKind? OfStorage(string name) => s_storages.TryGetValue(name, out string? dtype) ? OfDType(dtype) : null;
}

/// <summary>A block of equal elements in a file that tensors are views of.</summary>
/// <param name="File">File that holds the bytes.</param>
/// <param name="Key">The storage's name in the file.</param>
/// <param name="Kind">Element type.</param>
/// <param name="Count">Elements.</param>
internal sealed record Storage(FileBytes File, string Key, StorageKind Kind, long Count)
{
    /// <summary>First byte in the file; −1 until a legacy file's tail has been read.</summary>
    public long Position { get => Origin?.Position ?? field; set; } = -1;

    /// <summary>The storage that this one is another view of.</summary>
    private Storage? Origin { get; init; }

    /// <summary>
    /// Elements that a view may have: repeated elements (stride 0) may not blow up beyond the file's own size (or 64 KiB).
    /// </summary>
    public long MaxViewElements => Math.Max(File.Length, 1 << 16) / Kind.ElementSize;

    public ReadOnlyMemory<byte> Slice(long element, long count) =>
        File.Slice(Position + element * Kind.ElementSize, count * Kind.ElementSize);

    /// <summary>The checksum that the file states for the storage's bytes; null if it states none.</summary>
    public uint? Checksum { get; init; }

    /// <summary>Compares the bytes with their checksum, once for all views.</summary>
    /// <exception cref="CheckpointFormatException">They differ.</exception>
    public void Verify()
    {
        if (Origin is { } origin)
        {
            origin.Verify();
            return;
        }

        if (Checksum is not { } expected || _verified)
            return;
        ZipDirectory.Verify(File, $"data/{Key}", Position, Count * Kind.ElementSize, expected);
        _verified = true; // two threads may both compute it; the results are equal
    }

    private bool _verified;

    /// <summary>The same bytes seen as another element type.</summary>
    public Storage As(StorageKind kind) => kind == Kind
        ? this
        : new Storage(File, Key, kind, Count * Kind.ElementSize / kind.ElementSize) { Origin = this };
}
