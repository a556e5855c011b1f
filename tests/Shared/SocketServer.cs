using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RfDetr.Tests;

/// <summary>A server of a few lines on the loopback: reads whole requests and answers as the test says.</summary>
internal sealed class SocketServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Func<Request, CancellationToken, Task<string?>> _answer;
    private readonly Task _accepting;
    private int _active, _most, _count;

    /// <param name="answer">Gives an answer as it goes over the wire; null closes the connection without one.</param>
    public SocketServer(Func<Request, CancellationToken, Task<string?>> answer)
    {
        _answer = answer;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The address without a path, with a slash at its end.</summary>
    public string Root => $"http://{_listener.LocalEndpoint}/";

    public Uri Url => new($"{Root}detect");

    /// <summary>The most requests that were open at one time.</summary>
    public int MostAtOnce => _most;

    public int Count => _count;

    public static string Answer(int status, string headers = "", string body = "{}") => string.Create(
        CultureInfo.InvariantCulture, $"HTTP/1.1 {status} X\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}");

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        _end.Dispose();
    }

    private async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(open);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                while (await ReadAsync(stream) is { } request)
                {
                    int active = Interlocked.Increment(ref _active);
                    lock (_end)
                        _most = Math.Max(_most, active);
                    string? answer = await _answer(request with { Index = Interlocked.Increment(ref _count) - 1 }, _end.Token);
                    Interlocked.Decrement(ref _active);
                    if (answer is null)
                        return;
                    await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _end.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException or SocketException)
            {
                // The client or the test has gone.
            }
        }
    }

    private async Task<Request?> ReadAsync(NetworkStream stream)
    {
        var head = new StringBuilder();
        byte[] one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, _end.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }

        string text = head.ToString();
        string length = text.Split("\r\n").Single(l => l.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[int.Parse(length.Split(':')[1], CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _end.Token);
        return new Request(0, text, body);
    }

    /// <summary>A request: its number from 0, its first lines, its body.</summary>
    internal sealed record Request(int Index, string Head, byte[] Body);
}
