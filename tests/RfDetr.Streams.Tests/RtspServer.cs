using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RfDetr.Tests.Streams;

/// <summary>
/// A small RTSP server on the loopback: it plays a file of MPEG-TS in real time over RTP within the TCP connection, and can break
/// off, freeze, and go on with another file. Just enough of RFC 2326 and RFC 2250 for one guest after the other.
/// </summary>
internal sealed class RtspServer : IAsyncDisposable
{
    private const int PacketsPerRtp = 7, PacketLength = 188;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;
    private CancellationTokenSource _guest = new();
    private volatile bool _frozen;
    private volatile string _file;
    private readonly double _seconds;

    /// <summary>Serves a file.</summary>
    /// <param name="file">MPEG-TS.</param>
    /// <param name="seconds">Its length.</param>
    public RtspServer(string file, double seconds)
    {
        (_file, _seconds) = (file, seconds);
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Address => $"rtsp://guest:secret@127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/live";

    /// <summary>Guests that began to play so far.</summary>
    public int Guests { get; private set; }

    /// <summary>Closes the connection of the guest; the next one sees this file.</summary>
    public void Drop(string next)
    {
        _file = next;
        _guest.Cancel();
    }

    /// <summary>Sends nothing more to this guest, but keeps the connection; the next one is served.</summary>
    public void Freeze() => _frozen = true;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        _guest.Dispose();
        _stop.Dispose();
    }

    private async Task ServeAsync()
    {
        var guests = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                guests.Add(Task.Run(() => GuestAsync(client)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(guests);
        }
    }

    private async Task GuestAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadRequestAsync(stream) is { } request)
                {
                    await AnswerAsync(stream, request);
                    if (!request.StartsWith("PLAY", StringComparison.Ordinal))
                        continue;
                    Guests++;
                    _frozen = false;
                    using var guest = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                    _guest = guest;
                    await PlayAsync(stream, guest.Token);
                    return;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or SocketException)
            {
                // The guest has gone, or is sent away.
            }
        }
    }

    private static async Task<string?> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one) == 0)
                return null;
            _ = text.Append((char)one[0]);
        }

        return text.ToString();
    }

    private static async Task AnswerAsync(NetworkStream stream, string request)
    {
        string[] lines = request.Split("\r\n");
        string sequence = lines.First(l => l.StartsWith("CSeq:", StringComparison.OrdinalIgnoreCase));
        string method = lines[0].Split(' ')[0], body = "", status = "200 OK", more = "";
        switch (method)
        {
            case "OPTIONS":
                more = "Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN\r\n";
                break;
            case "DESCRIBE":
                body = "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=test\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
                    + "m=video 0 RTP/AVP 33\r\na=rtpmap:33 MP2T/90000\r\na=control:track0\r\n";
                more = $"Content-Base: {lines[0].Split(' ')[1]}/\r\nContent-Type: application/sdp\r\n";
                break;
            case "SETUP" when !request.Contains("TCP", StringComparison.Ordinal):
                status = "461 Unsupported Transport";
                break;
            case "SETUP":
                more = "Transport: RTP/AVP/TCP;unicast;interleaved=0-1\r\nSession: 1\r\n";
                break;
            case "PLAY":
                more = "Session: 1\r\nRange: npt=0-\r\n";
                break;
        }

        string answer = $"RTSP/1.0 {status}\r\n{sequence}\r\n{more}Content-Length: {body.Length}\r\n\r\n{body}";
        await stream.WriteAsync(Encoding.ASCII.GetBytes(answer));
    }

    private async Task PlayAsync(NetworkStream stream, CancellationToken stop)
    {
        byte[] file = await File.ReadAllBytesAsync(_file, stop);
        int packets = file.Length / PacketLength;
        long began = Stopwatch.GetTimestamp();
        ushort number = 0;
        for (int at = 0; at < packets; at += PacketsPerRtp)
        {
            double due = _seconds * at / packets;
            if (TimeSpan.FromSeconds(due) - Stopwatch.GetElapsedTime(began) is { } early && early > TimeSpan.Zero)
                await Task.Delay(early, stop);
            if (_frozen)
                await Task.Delay(Timeout.Infinite, stop);
            int length = Math.Min(PacketsPerRtp, packets - at) * PacketLength;
            var message = new byte[4 + 12 + length];
            (message[0], message[1]) = ((byte)'$', 0);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), (ushort)(12 + length));
            (message[4], message[5]) = (0x80, 33);
            BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), number++);
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(8), (uint)(due * 90000));
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(12), 42);
            file.AsSpan(at * PacketLength, length).CopyTo(message.AsSpan(16));
            await stream.WriteAsync(message, stop);
        }
    }
}
