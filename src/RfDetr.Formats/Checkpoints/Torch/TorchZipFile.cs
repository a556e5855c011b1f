using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>PyTorch's zip container: <c>data.pkl</c>, and one entry per storage under <c>data/</c>.</summary>
internal static class TorchZipFile
{
    /// <summary>Reads the pickled value; tensors stay in the file.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="verify">True if checksums are compared.</param>
    public static object? Read(FileBytes file, bool verify)
    {
        ZipDirectory zip = ZipDirectory.Read(file, verify);
        string root = FindRoot(zip, file);
        if (
            zip.TryRead(root + "byteorder", out ReadOnlyMemory<byte> order)
                && Encoding.ASCII.GetString(order.Span[..Math.Min(16, order.Length)]).Trim() is not "little" and var other)
            throw new CheckpointFormatException(
                $"{file.Name}: numbers are stored in byte order '{other}'; only 'little' is supported, so save it again "
                    + $"on such a machine");
        zip.TryRead(root + "data.pkl", out ReadOnlyMemory<byte> pickle);
        var storages = new Dictionary<string, Storage>();
        return new PickleMachine(pickle, file, id => FindStorage(id, root, zip, file, storages)).Run();
    }

    private static string FindRoot(ZipDirectory zip, FileBytes file)
    {
        string? root = null;
        foreach (string name in zip.Names)
        {
            if (name != "data.pkl" && (!name.EndsWith("/data.pkl", StringComparison.Ordinal) || name.Count(c => c == '/') != 1))
                continue;
            if (root is not null)
                throw new CheckpointFormatException(
                    $"{file.Name}: the archive has two pickles, '{root}data.pkl' and '{name}'; a checkpoint has one");
            root = name[..^"data.pkl".Length];
        }

        if (root is null)
            throw new CheckpointFormatException(
                $"{file.Name} is a zip archive but no checkpoint: it has no 'data.pkl' (first entry: "
                    + $"'{zip.Names.FirstOrDefault() ?? "none"}')");
        if (zip.Names.Contains(root + "constants.pkl"))
            throw new CheckpointFormatException(
                $"{file.Name} is a TorchScript program, not a checkpoint; give the .pth file it was made from");
        return root;
    }

    /// <summary>A reference is ('storage', class, key, location, elements).</summary>
    private static Storage FindStorage(
        object?[] id, string root, ZipDirectory zip, FileBytes file, Dictionary<string, Storage> storages)
    {
        if (id is not ["storage", StorageGlobal type, string key, string, long count])
            throw new CheckpointFormatException(
                $"{file.Name}: a reference to a storage is of an unknown kind; the pickle is damaged");
        if (storages.TryGetValue(key, out Storage? known) && known.Kind == type.Kind && known.Count == count)
            return known;
        if (!zip.TryFind($"{root}data/{key}", out long position, out long length, out uint? checksum))
            throw new CheckpointFormatException($"{file.Name}: storage '{key}' is missing from the archive");
        if (count < 0 || count > file.Length || count * type.Kind.ElementSize != length)
            throw new CheckpointFormatException(
                $"{file.Name}: storage '{key}' has {length} bytes, expected {count} elements of {type.Kind.Name}; the "
                    + $"file is damaged");
        return storages[key] = new Storage(file, key, type.Kind, count) { Position = position, Checksum = checksum };
    }
}
