using System.Buffers.Binary;
using System.IO.Hashing;
using System.Text;

namespace RfDetr.Checkpoints;

/// <summary>The table of contents of a zip archive whose entries are stored uncompressed, as PyTorch writes them.</summary>
/// <remarks>Format: PKWARE APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.14–4.3.16; ZIP64 included.</remarks>
internal sealed class ZipDirectory
{
    private const int EndLength = 22, End64LocatorLength = 20, End64Length = 56, EntryLength = 46, LocalLength = 30;
    private readonly Dictionary<string, Entry> _entries;
    private readonly FileBytes _file;
    private readonly bool _verify;

    private ZipDirectory(FileBytes file, Dictionary<string, Entry> entries, bool verify)
    {
        _file = file;
        _entries = entries;
        _verify = verify;
    }

    public IEnumerable<string> Names => _entries.Keys;

    /// <summary>Reads the directory at the file's end.</summary>
    /// <param name="file">The archive.</param>
    /// <param name="verify">True if checksums are compared when an entry is read.</param>
    public static ZipDirectory Read(FileBytes file, bool verify = true)
    {
        (long start, long length, long count) = FindDirectory(file);
        if (length > int.MaxValue || count > length / EntryLength)
            throw Damaged(file, $"its directory of {length} bytes claims {count} entries");
        ReadOnlySpan<byte> directory = file.Slice(start, length).Span;
        var entries = new Dictionary<string, Entry>((int)count);
        for (long i = 0; i < count; i++)
        {
            if (directory.Length < EntryLength || BinaryPrimitives.ReadUInt32LittleEndian(directory) != 0x02014B50)
                throw Damaged(file, $"its directory breaks off at entry {i} of {count}");
            int name = U16(directory, 28), extra = U16(directory, 30), comment = U16(directory, 32);
            if (directory.Length < EntryLength + name + extra + comment)
                throw Damaged(file, $"its directory breaks off at entry {i} of {count}");
            string entryName = Encoding.UTF8.GetString(directory.Slice(EntryLength, name));
            var entry = new Entry(U16(directory, 10), U16(directory, 8), (uint)U32(directory, 16), U32(directory, 20),
                U32(directory, 24), U32(directory, 42));
            entry = entry.Widen(directory.Slice(EntryLength + name, extra));
            if (!entries.TryAdd(entryName, entry))
                throw Damaged(file, $"it has two entries named '{entryName}'");
            directory = directory[(EntryLength + name + extra + comment)..];
        }

        return new ZipDirectory(file, entries, verify);
    }

    /// <summary>Position and length of an entry's bytes; false if there is none of that name.</summary>
    /// <exception cref="CheckpointFormatException">The entry is compressed, encrypted or leaves the file.</exception>
    public bool TryFind(string name, out long position, out long length, out uint? checksum)
    {
        position = length = 0;
        checksum = null;
        if (!_entries.TryGetValue(name, out Entry entry))
            return false;
        if (entry.Method != 0 || entry.Stored != entry.Size)
            throw new CheckpointFormatException(
                $"{_file.Name}: entry '{name}' is compressed (method {entry.Method}, {entry.Stored} bytes claiming "
                    + $"{entry.Size}); PyTorch stores entries as they are, so unpack it and save it again with torch.save");
        if ((entry.Flags & 1) != 0)
            throw new CheckpointFormatException($"{_file.Name}: entry '{name}' is encrypted; decrypt the archive first");
        ReadOnlySpan<byte> local = _file.Slice(entry.Header, LocalLength).Span;
        if (U32(local, 0) != 0x04034B50)
            throw Damaged(_file, $"entry '{name}' does not begin where its directory says");
        position = entry.Header + LocalLength + U16(local, 26) + U16(local, 28);
        length = entry.Size;

        // PyTorch can be told to write none, which leaves a 0.
        checksum = _verify && entry.Checksum != 0 ? entry.Checksum : null;
        if (length < 0 || position > _file.Length || length > _file.Length - position)
            throw Damaged(_file, $"entry '{name}' claims {length} bytes at {position}, but the file has {_file.Length}");
        return true;
    }

    /// <summary>An entry's bytes; false if there is none of that name.</summary>
    public bool TryRead(string name, out ReadOnlyMemory<byte> bytes)
    {
        bytes = default;
        if (!TryFind(name, out long position, out long length, out uint? checksum))
            return false;
        bytes = _file.Slice(position, length);
        if (checksum is { } expected)
            Verify(_file, name, position, length, expected);
        return true;
    }

    /// <summary>Compares bytes with their checksum.</summary>
    /// <exception cref="CheckpointFormatException">They differ.</exception>
    public static void Verify(FileBytes file, string name, long position, long length, uint expected)
    {
        const int Block = 1 << 30; // a slice has at most 2 GiB
        var crc = new Crc32();
        for (long at = 0; at < length; at += Block)
            crc.Append(file.Slice(position + at, Math.Min(Block, length - at)).Span);
        if (crc.GetCurrentHashAsUInt32() != expected)
            throw Damaged(
                file, $"entry '{name}' has the checksum {crc.GetCurrentHashAsUInt32():x8}, its directory says {expected:x8}");
    }

    private static (long Start, long Length, long Count) FindDirectory(FileBytes file)
    {
        // The end record is the last thing but for a comment of up to 65535 bytes.
        int tailLength = (int)Math.Min(file.Length, EndLength + ushort.MaxValue);
        ReadOnlySpan<byte> tail = file.Slice(file.Length - tailLength, tailLength).Span;
        int at = tail.LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || tail.Length - at < EndLength)
            throw new CheckpointFormatException(
                $"{file.Name} is truncated: it begins as a PyTorch zip archive, but the directory at the end is missing "
                    + $"after {file.Length} bytes; download or copy it again");
        ReadOnlySpan<byte> end = tail[at..];
        long endPosition = file.Length - tailLength + at;
        long count = U16(end, 10), length = U32(end, 12), start = U32(end, 16);
        if (count == ushort.MaxValue || length == uint.MaxValue || start == uint.MaxValue)
        {
            ReadOnlySpan<byte> locator = file.Slice(endPosition - End64LocatorLength, End64LocatorLength).Span;
            if (U32(locator, 0) != 0x07064B50)
                throw Damaged(file, "its 64-bit directory is missing");
            ReadOnlySpan<byte> end64 = file.Slice(I64(locator, 8), End64Length).Span;
            if (U32(end64, 0) != 0x06064B50)
                throw Damaged(file, "its 64-bit directory is missing");
            count = I64(end64, 32);
            length = I64(end64, 40);
            start = I64(end64, 48);
        }

        return count < 0 ? throw Damaged(file, $"its directory claims {count} entries") : (start, length, count);
    }

    private static CheckpointFormatException Damaged(FileBytes file, string what) =>
        new($"{file.Name} is damaged: {what}; download or copy it again");

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static long U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    private static long I64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadInt64LittleEndian(bytes[at..]);

    private readonly record struct Entry(int Method, int Flags, uint Checksum, long Stored, long Size, long Header)
    {
        /// <summary>
        /// Takes the fields that did not fit 32 bits from the ZIP64 extra field, in the order the format fixes.
        /// </summary>
        public Entry Widen(ReadOnlySpan<byte> extra)
        {
            Entry entry = this;
            while (extra.Length >= 4)
            {
                int id = U16(extra, 0), size = Math.Min(U16(extra, 2), extra.Length - 4);
                ReadOnlySpan<byte> field = extra.Slice(4, size);
                extra = extra[(4 + size)..];
                if (id != 1)
                    continue;
                entry = entry with { Size = Next(entry.Size, ref field) };
                entry = entry with { Stored = Next(entry.Stored, ref field) };
                entry = entry with { Header = Next(entry.Header, ref field) };
            }

            return entry;
        }

        private static long Next(long narrow, ref ReadOnlySpan<byte> field)
        {
            if (narrow != uint.MaxValue || field.Length < 8)
                return narrow;
            long wide = I64(field, 0);
            field = field[8..];
            return wide;
        }
    }
}
