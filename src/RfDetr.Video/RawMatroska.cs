using System.Buffers.Binary;
using System.Text;

namespace RfDetr.Video;

/// <summary>
/// Wraps raw frames in Matroska, so that each reaches ffmpeg with its own timestamp: a pipe of bare pixels has none. Only what a
/// reader needs is written (RFC 9559): one track of uncompressed pixels, one cluster per frame.
/// </summary>
/// <param name="stream">Where it goes.</param>
/// <param name="width">Width in pixels.</param>
/// <param name="height">Height in pixels.</param>
/// <param name="pixels">How pixels are laid out: <see cref="Rgb24"/> or <see cref="Planes"/>.</param>
internal sealed class RawMatroska(Stream stream, int width, int height, ReadOnlyMemory<byte> pixels)
{
    /// <summary>Height × Width × 3 bytes, red first.</summary>
    public static readonly ReadOnlyMemory<byte> Rgb24 = (byte[])[(byte)'R', (byte)'G', (byte)'B', 24];

    /// <summary>Luma and two planes of chroma (<see cref="I420"/>).</summary>
    public static readonly ReadOnlyMemory<byte> Planes = "I420"u8.ToArray();

    // Timestamps are in microseconds.
    private const ulong TimestampScaleNs = 1000;

    /// <summary>Writes the heading; once, before the first frame.</summary>
    public ValueTask BeginAsync(CancellationToken cancellation)
    {
        byte[] header = Element(
            0x1A45DFA3,
            [
                .. Number(0x4286, 1), .. Number(
                    0x42F7, 1), .. Number(0x42F2, 4), .. Number(0x42F3, 8), .. Text(0x4282, "matroska"),
                .. Number(0x4287, 4), .. Number(0x4285, 2),
            ]);
        byte[] info =
            Element(0x1549A966, [.. Number(0x2AD7B1, TimestampScaleNs), .. Text(0x4D80, "RfDetr"), .. Text(0x5741, "RfDetr")]);
        byte[] video = Element(0xE0, [.. Number(
            0xB0, (ulong)width), .. Number(0xBA, (ulong)height), .. Element(0x2EB524, pixels.ToArray())]);
        byte[] track = Element(
            0xAE,
            [.. Number(0xD7, 1), .. Number(
                0x73C5, 1), .. Number(0x83, 1), .. Number(0x9C, 0), .. Text(0x86, "V_UNCOMPRESSED"), .. video]);
        byte[] segment = [0x18, 0x53, 0x80, 0x67, 0x01, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]; // of unknown size
        return stream.WriteAsync((byte[])[.. header, .. segment, .. info, .. Element(0x1654AE6B, track)], cancellation);
    }

    /// <summary>Writes a frame.</summary>
    /// <param name="frame">Its pixels.</param>
    /// <param name="time">Its time; not negative.</param>
    /// <param name="cancellation">Gives up.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frame, TimeSpan time, CancellationToken cancellation)
    {
        byte[] timestamp = Number(0xE7, (ulong)(time.Ticks / TimeSpan.TicksPerMicrosecond));
        byte[] block = [0xA3, .. Size((ulong)frame.Length + 4), 0x81, 0, 0, 0x80]; // track 1, at the cluster's time, a key frame
        byte[] head =
            [0x1F, 0x43, 0xB6, 0x75, .. Size((ulong)(timestamp.Length + block.Length + frame.Length)), .. timestamp, .. block];
        await stream.WriteAsync(head, cancellation).ConfigureAwait(false);
        await stream.WriteAsync(frame, cancellation).ConfigureAwait(false);
    }

    private static byte[] Element(uint id, byte[] content) => [.. Id(id), .. Size((ulong)content.Length), .. content];

    private static byte[] Number(uint id, ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return Element(id, bytes);
    }

    private static byte[] Text(uint id, string value) => Element(id, Encoding.ASCII.GetBytes(value));

    private static byte[] Id(uint id)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, id);
        return bytes[(id > 0xFFFFFF ? 0 : id > 0xFFFF ? 1 : id > 0xFF ? 2 : 3)..];
    }

    // Always in eight bytes.
    private static byte[] Size(ulong size)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, size | 1UL << 56);
        return bytes;
    }
}
