using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;

namespace RfDetr.Checkpoints;

/// <summary>
/// PyTorch's container before 1.6: four pickles (magic number, version, machine, value), a fifth with the storages' names,
/// then each storage as a 64-bit count and its elements.
/// </summary>
internal static class TorchLegacyFile
{
    private static readonly BigInteger s_magic =
        BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    /// <summary>Reads the pickled value; tensors stay in the file.</summary>
    public static object? Read(FileBytes file)
    {
        ReadOnlyMemory<byte> bytes = file.Slice(0, Math.Min(file.Length, int.MaxValue));
        var head = new PickleMachine(bytes, file);
        if (head.Run() is not BigInteger magic || magic != s_magic)
            throw new CheckpointFormatException($"{file.Name} is a bare pickle, not a checkpoint; save it with torch.save");
        if (head.Run(head.Position) is not 1001L)
            throw new CheckpointFormatException(
                $"{file.Name}: unknown version of PyTorch's old format; save it again with a recent PyTorch");
        if (head.Run(head.Position) is PlainMap machine && machine["little_endian"] is false)
            throw new CheckpointFormatException(
                $"{file.Name}: numbers are stored big-endian; save it again on a little-endian machine");

        var storages = new Dictionary<string, Storage>();
        var body = new PickleMachine(bytes, file, id => FindStorage(id, file, storages));
        object? value = body.Run(head.Position);
        var keys = new PickleMachine(bytes, file);
        if (keys.Run(body.Position) is not List<object?> names)
            throw new CheckpointFormatException($"{file.Name}: the list of storages is missing; the file is damaged");
        Locate(names, storages, keys.Position, file);
        return value;
    }

    /// <summary>A reference is ('storage', class, key, location, elements, view); views of storages are older still.</summary>
    private static Storage FindStorage(object?[] id, FileBytes file, Dictionary<string, Storage> storages)
    {
        if (id is not ["storage", StorageGlobal type, string key, string, long count, null])
            throw new CheckpointFormatException(
                $"{file.Name}: a reference to a storage is of an unknown kind; save the file again with a recent PyTorch");
        if (count < 0 || count > file.Length / type.Kind.ElementSize)
            throw new CheckpointFormatException(
                $"{file.Name}: storage '{key}' claims {count} elements of {type.Kind.Name}, but the file has "
                    + $"{file.Length} bytes; it is truncated or damaged");
        if (!storages.TryGetValue(key, out Storage? known))
            return storages[key] = new Storage(file, key, type.Kind, count);
        return known.Kind == type.Kind && known.Count == count
            ? known
            : throw new CheckpointFormatException($"{file.Name}: storage '{key}' is described in two ways; the file is damaged");
    }

    private static void Locate(List<object?> names, Dictionary<string, Storage> storages, long position, FileBytes file)
    {
        foreach (object? name in names)
        {
            if (name is not string key || !storages.TryGetValue(key, out Storage? storage) || storage.Position >= 0)
                throw new CheckpointFormatException(
                    $"{file.Name}: the list of storages does not match the tensors; the file is damaged");
            long count = BinaryPrimitives.ReadInt64LittleEndian(file.Slice(position, 8).Span);
            if (count != storage.Count)
                throw new CheckpointFormatException(
                    $"{file.Name}: storage '{key}' has {count} elements, expected {storage.Count}; the file is damaged");
            storage.Position = position + 8;
            position = storage.Position + count * storage.Kind.ElementSize;
            if (position > file.Length)
                throw new CheckpointFormatException(
                    $"{file.Name} is truncated: storage '{key}' ends at {position}, the file at {file.Length}; download "
                        + $"or copy it again");
        }

        foreach (Storage storage in storages.Values)
        {
            if (storage.Position < 0)
                throw new CheckpointFormatException(
                    $"{file.Name}: storage '{storage.Key}' is missing; the file is truncated or damaged");
        }
    }
}
