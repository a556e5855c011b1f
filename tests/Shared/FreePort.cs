using System.Net;
using System.Net.Sockets;

namespace RfDetr.Tests;

/// <summary>
/// Ports for servers that start later, perhaps half a minute later. A port that the system chooses comes from the range of
/// outgoing connections, and any client of another test may get it in between; these lie below that range (32,768 on Linux,
/// 49,152 elsewhere), and a process gets none twice.
/// </summary>
internal static class FreePort
{
    private const int First = 10_240, End = 32_768;

    private static readonly HashSet<int> s_given = [];

    /// <summary>A port of the loopback that nobody listens on.</summary>
    public static int Next()
    {
        lock (s_given)
        {
            while (true)
            {
                int port = Random.Shared.Next(First, End);
                if (!s_given.Contains(port) && IsFree(port))
                {
                    s_given.Add(port);
                    return port;
                }
            }
        }
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
