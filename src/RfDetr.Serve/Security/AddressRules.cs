using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace RfDetr.Serve;

/// <summary>
/// Addresses that a server may connect to on a stranger's word: those of the public internet and no others. The ranges are those
/// of the IANA registries of special-purpose addresses.
/// </summary>
internal static class AddressRules
{
    private static readonly (uint Network, int Bits)[] s_closed4 =
    [
        (0x00000000, 8),   // this network
        (0x0A000000, 8),   // private
        (0x64400000, 10),  // carrier-grade NAT
        (0x7F000000, 8),   // loopback
        (0xA9FE0000, 16),  // link-local, where clouds keep their metadata
        (0xAC100000, 12),  // private
        (0xC0000000, 24),  // protocol assignments
        (0xC0000200, 24),  // documentation
        (0xC01FC400, 24),  // AS112
        (0xC034C100, 24),  // AMT
        (0xC0586300, 24),  // 6to4 relays
        (0xC0A80000, 16),  // private
        (0xC0AF3000, 24),  // AS112
        (0xC6120000, 15),  // benchmarking
        (0xC6336400, 24),  // documentation
        (0xCB007100, 24),  // documentation
        (0xE0000000, 4),   // multicast
        (0xF0000000, 4),   // reserved and broadcast
    ];

    /// <summary>True for an address of the public internet.</summary>
    public static bool IsGlobal(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[16];
        _ = address.TryWriteBytes(bytes, out int length);
        if (address.AddressFamily == AddressFamily.InterNetwork)
            return length == 4 && IsGlobal(BinaryPrimitives.ReadUInt32BigEndian(bytes));
        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.ScopeId == 0 && IsGlobal(bytes);
    }

    private static bool IsGlobal(uint address)
    {
        foreach ((uint network, int bits) in s_closed4)
        {
            if ((address ^ network) >> (32 - bits) == 0)
                return false;
        }

        return true;
    }

    // Only 2000::/3 is handed out for unicast. In it: 2001::/23 for protocols (Teredo, ORCHID, benchmarking), documentation,
    // 6to4, which leads to an IPv4 address of the asker's choice, and 3fff::/20. NAT64 (64:ff9b::) and unique-local lie outside.
    private static bool IsGlobal(ReadOnlySpan<byte> address)
    {
        uint first = BinaryPrimitives.ReadUInt32BigEndian(address);
        if (first >> 29 != 1)
            return false;
        bool isProtocol = first >> 9 == 0x20010000 >> 9;
        bool isDocumentation = first == 0x20010DB8 || first >> 12 == 0x3FFF0000 >> 12;
        bool is6To4 = first >> 16 == 0x2002;
        return !isProtocol && !isDocumentation && !is6To4;
    }
}
