using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RfDetr.Jobs;

/// <summary>
/// <c>manifest.index</c>: for each shard the offset of its part of the manifest (8 bytes, little-endian) and the SHA-256 of that
/// part (32 bytes); at the end the manifest's length. A worker reads its shards' parts alone and knows that nobody changed them.
/// </summary>
internal sealed class ManifestIndex
{
    /// <summary>Path of the index in its destination.</summary>
    public const string File = "manifest.index";

    private const int OffsetBytes = 8, DigestBytes = 32, Entry = OffsetBytes + DigestBytes;

    // More than any list of 65,536 paths has; what a shard's part may take in memory.
    private const int MostPart = 1 << 30;

    private readonly byte[] _bytes;

    private ManifestIndex(byte[] bytes) => _bytes = bytes;

    /// <summary>Checks the bytes of an index against the job.</summary>
    /// <exception cref="JobException">It is not the index that was submitted.</exception>
    public static ManifestIndex Read(byte[] bytes, JobDefinition job, string file)
    {
        string own = Convert.ToHexStringLower(SHA256.HashData(bytes));
        if (own != job.IndexSha256)
        {
            throw new JobException(
                $"'{file}' has changed since job '{job.Name}' was submitted: SHA-256 {own}, expected {job.IndexSha256}; put the "
                + "old file back, or submit to another destination");
        }

        var index = new ManifestIndex(bytes);
        bool valid = bytes.Length == (long)Entry * job.Shards + OffsetBytes;
        for (int i = 0; valid && i < job.Shards; i++)
            valid = index.Offset(i + 1) - index.Offset(i) is > 0 and <= MostPart;
        return valid ? index : throw new JobException($"'{file}' is no index of {job.Shards} shards");
    }

    /// <summary>The offset of a shard's part of the manifest.</summary>
    public long Offset(int shard) => BinaryPrimitives.ReadInt64LittleEndian(_bytes.AsSpan(shard * Entry));

    /// <summary>Bytes of a shard's part of the manifest.</summary>
    public int Length(int shard) => (int)(Offset(shard + 1) - Offset(shard));

    /// <summary>SHA-256 of a shard's part of the manifest.</summary>
    public ReadOnlySpan<byte> Digest(int shard) => _bytes.AsSpan(shard * Entry + OffsetBytes, DigestBytes);

    /// <summary>Writes an index while its manifest is written.</summary>
    internal sealed class Writer(Stream stream)
    {
        private readonly IncrementalHash _whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

        /// <summary>Adds a shard.</summary>
        public void Add(long offset, ReadOnlySpan<byte> digest)
        {
            Span<byte> entry = stackalloc byte[Entry];
            BinaryPrimitives.WriteInt64LittleEndian(entry, offset);
            digest.CopyTo(entry[OffsetBytes..]);
            Write(entry);
        }

        /// <summary>Ends the index.</summary>
        /// <returns>Its SHA-256.</returns>
        public string Complete(long length)
        {
            Span<byte> end = stackalloc byte[OffsetBytes];
            BinaryPrimitives.WriteInt64LittleEndian(end, length);
            Write(end);
            using (_whole)
                return Convert.ToHexStringLower(_whole.GetHashAndReset());
        }

        private void Write(ReadOnlySpan<byte> bytes)
        {
            _whole.AppendData(bytes);
            stream.Write(bytes);
        }
    }
}
