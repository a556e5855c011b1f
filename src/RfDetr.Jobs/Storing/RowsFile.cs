using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace RfDetr.Jobs;

/// <summary>
/// Rows as a gzip file whose bytes are a function of the rows: no time, no name, no operating system in its header.
/// </summary>
internal static class RowsFile
{
    // 1F 8B, deflate, no flags, no time, no extra flags, system unknown.
    private static ReadOnlySpan<byte> Header => [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF];

    // A row of an image with 300 masks has a few hundred kilobytes; 65,536 of them would not be written by this program.
    private const long MostRows = 1L << 30;

    /// <summary>Compresses rows.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> rows)
    {
        using var stream = new MemoryStream(rows.Length / 4 + 64);
        stream.Write(Header);
        using (var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            deflate.Write(rows);
        Span<byte> trailer = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(trailer, Crc32.HashToUInt32(rows));
        BinaryPrimitives.WriteUInt32LittleEndian(trailer[4..], (uint)rows.Length);
        stream.Write(trailer);
        return stream.ToArray();
    }

    /// <summary>The rows of a file.</summary>
    /// <exception cref="JobException">It is no such file.</exception>
    public static byte[] Expand(byte[] file, string name)
    {
        try
        {
            using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
            using var rows = new MemoryStream();
            byte[] buffer = new byte[1 << 16];
            for (int read; (read = gzip.Read(buffer)) > 0;)
            {
                if (rows.Length + read > MostRows)
                    throw new JobException(
                        Invariant.Text($"'{name}' expands to more than {MostRows} bytes; it is none of this program"));
                rows.Write(buffer, 0, read);
            }

            return rows.ToArray();
        }
        catch (InvalidDataException e)
        {
            throw new JobException(
                $"'{name}' is no gzip file or was changed ({e.Message}); remove it, and submit or run the job again", e);
        }
    }
}
