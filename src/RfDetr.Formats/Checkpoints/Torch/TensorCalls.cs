namespace RfDetr.Checkpoints;

/// <summary>PyTorch's functions that turn a storage into a tensor.</summary>
internal static class TensorCalls
{
    /// <summary><c>_rebuild_tensor(storage, offset, size, stride)</c>; v2 adds requires_grad, hooks and metadata, which weights do not need.</summary>
    public static object Rebuild(object?[] arguments, FileBytes file)
    {
        if (arguments is not [Storage storage, long offset, object?[] size, object?[] stride, ..])
            throw Wrong(file);
        return StoredTensor.Create(storage, offset, Longs(size, file), Longs(stride, file));
    }

    /// <summary>v3: the storage is raw bytes, the element type an argument.</summary>
    public static object RebuildTyped(object?[] arguments, FileBytes file)
    {
        if (arguments is not [Storage storage, long offset, object?[] size, object?[] stride, _, _, string dtype, ..])
            throw Wrong(file);
        StorageKind kind = StorageKind.OfDType(dtype["torch.".Length..]) ?? throw Wrong(file);
        return StoredTensor.Create(storage.As(kind), offset, Longs(size, file), Longs(stride, file));
    }

    /// <summary>A parameter is its data.</summary>
    public static object Parameter(object?[] arguments, FileBytes file) =>
        arguments is [StoredTensor tensor, ..] ? tensor : throw Wrong(file);

    private static long[] Longs(object?[] values, FileBytes file)
    {
        var result = new long[values.Length];
        for (int i = 0; i < values.Length; i++)
            result[i] = values[i] is long value ? value : throw Wrong(file);
        return result;
    }

    private static CheckpointFormatException Wrong(FileBytes file) =>
        new($"{file.Name}: a tensor is described by values of a wrong kind; the pickle is damaged");
}
