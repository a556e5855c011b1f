namespace RfDetr.Checkpoints;

/// <summary>PyTorch's functions that turn a storage into a tensor.</summary>
internal static class TensorCalls
{
    /// <summary>
    /// <c>_rebuild_tensor(storage, offset, size, stride)</c>; v2 adds requires_grad and hooks, which weights do not need, and a
    /// map of bits that change values, which they do.
    /// </summary>
    public static object Rebuild(object?[] arguments, PickleContext file)
    {
        if (arguments is not [Storage storage, long offset, object?[] size, object?[] stride, ..] || arguments.Length > 7)
            throw Wrong(file);
        return Create(storage, offset, size, stride, arguments.Length > 6 ? arguments[6] : null, file);
    }

    /// <summary>v3: the storage is raw bytes, the element type an argument.</summary>
    public static object RebuildTyped(object?[] arguments, PickleContext file)
    {
        if (arguments is not [Storage storage, long offset, object?[] size, object?[] stride, _, _, string dtype, ..]
            || arguments.Length > 8)
            throw Wrong(file);
        const string Prefix = "torch.";
        if (!dtype.StartsWith(Prefix, StringComparison.Ordinal))
            throw Wrong(file);
        StorageKind kind = StorageKind.OfDType(dtype[Prefix.Length..]) ?? throw Wrong(file);
        return Create(storage.As(kind), offset, size, stride, arguments.Length > 7 ? arguments[7] : null, file);
    }

    /// <summary>A parameter is its data.</summary>
    public static object Parameter(object?[] arguments, PickleContext file) =>
        arguments is [StoredTensor tensor, ..] ? tensor : throw Wrong(file);

    private static StoredTensor Create(
        Storage storage, long offset, object?[] size, object?[] stride, object? bits, PickleContext file) =>
        StoredTensor.Create(storage, offset, Longs(size, file), Longs(stride, file), IsNegated(bits, file));

    /// <summary>
    /// PyTorch does not compute a negation or a conjugation until it must, and writes a bit instead. A negated tensor is negated
    /// here; a conjugated one is complex, which no weight is. Any other bit that is set could mean anything.
    /// </summary>
    private static bool IsNegated(object? bits, PickleContext file)
    {
        if (bits is null)
            return false;
        if (bits is not PlainMap map)
            throw Wrong(file);
        bool negated = false;
        foreach ((object key, object? value) in map)
        {
            if (value is false or null)
                continue;
            if (key is not "neg" || value is not true)
            {
                throw new CheckpointFormatException(
                    $"{file.Name}: a tensor carries the mark '{(key is "conj" ? "conj" : "?")}', which changes its values and "
                    + "is not applied here; "
                    + "save it again after .resolve_conj().resolve_neg()");
            }

            negated = true;
        }

        return negated;
    }

    private static long[] Longs(object?[] values, PickleContext file)
    {
        if (values.Length > PickleLimits.MaxRank)
            throw new CheckpointFormatException(
                $"{file.Name}: a tensor has {values.Length} dimensions; at most {PickleLimits.MaxRank} are read");
        file.Budget.Values(values.Length);
        var result = new long[values.Length];
        for (int i = 0; i < values.Length; i++)
            result[i] = values[i] is long value ? value : throw Wrong(file);
        return result;
    }

    private static CheckpointFormatException Wrong(PickleContext file) =>
        new($"{file.Name}: a tensor is described by values of a wrong kind; the pickle is damaged");
}
