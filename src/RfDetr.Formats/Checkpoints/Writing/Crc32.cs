using System.Buffers.Binary;

namespace RfDetr.Checkpoints;

/// <summary>The checksum of zip archives: CRC-32 of ISO-HDLC, polynomial 0xEDB88320 reflected, eight bytes a step.</summary>
/// <remarks>Method: "slicing by 8", Kounavis and Berry 2005.</remarks>
internal static class Crc32
{
    private static readonly uint[][] s_tables = Tables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint[] t0 = s_tables[0], t1 = s_tables[1], t2 = s_tables[2], t3 = s_tables[3];
        uint[] t4 = s_tables[4], t5 = s_tables[5], t6 = s_tables[6], t7 = s_tables[7];
        uint crc = ~0u;
        while (bytes.Length >= 8)
        {
            uint a = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes), b = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
            crc = t7[a & 255] ^ t6[(a >> 8) & 255] ^ t5[(a >> 16) & 255] ^ t4[a >> 24]
                ^ t3[b & 255] ^ t2[(b >> 8) & 255] ^ t1[(b >> 16) & 255] ^ t0[b >> 24];
            bytes = bytes[8..];
        }

        foreach (byte value in bytes)
            crc = t0[(crc ^ value) & 255] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[][] Tables()
    {
        var tables = new uint[8][];
        for (int t = 0; t < 8; t++)
        {
            tables[t] = new uint[256];
            for (uint i = 0; i < 256; i++)
            {
                uint value = t == 0 ? i : tables[t - 1][i];
                for (int bit = 0; bit < 8; bit++)
                    value = (value & 1) != 0 ? (value >> 1) ^ 0xEDB88320u : value >> 1;
                tables[t][i] = value;
            }
        }

        return tables;
    }
}
