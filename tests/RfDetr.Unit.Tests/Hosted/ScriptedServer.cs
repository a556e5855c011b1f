using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RfDetr.Tests.Hosted;

/// <summary>A request as the server saw it: headers by lower-case name.</summary>
internal sealed record ServerRequest(string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>First byte asked for; null without a Range header.</summary>
    public int? From =>
        Headers.TryGetValue("range", out string? range)
            ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture)
            : null;
}

/// <summary>
/// An HTTP server on the loopback interface that answers its n-th request as told, the last way for all further ones; one request
/// a connection.
/// </summary>
internal sealed class ScriptedServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<Stream, ServerRequest, Task>[] _answers;

    public ScriptedServer(params Func<Stream, ServerRequest, Task>[] answers)
    {
        _answers = answers;
        _listener.Start();
        Address = new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/weights/");
        _ = AcceptAsync();
    }

    public Uri Address { get; }

    public List<ServerRequest> Requests { get; } = [];

    /// <summary>
    /// Serves a file as a good server does, with ranges and If-Range; breaks the connection after <paramref name="dropAfter"/>
    /// bytes of the body.
    /// </summary>
    public static Func<Stream, ServerRequest, Task> File(byte[] content, string? tag = "\"v1\"", int dropAfter = int.MaxValue) =>
        (stream, request) =>
        {
            bool current = !request.Headers.TryGetValue("if-range", out string? condition) || condition == tag;
            int from = current ? request.From ?? 0 : 0;
            if (from >= content.Length)
                return SendAsync(stream, "416 Range Not Satisfiable", [$"Content-Range: bytes */{content.Length}"], []);
            string[] headers = tag is null ? [] : [$"ETag: {tag}"];
            byte[] body = content[from..];
            return from > 0
                ? SendAsync(
                    stream, "206 Partial Content",
                    [.. headers, $"Content-Range: bytes {from}-{content.Length - 1}/{content.Length}"], body, dropAfter)
                : SendAsync(stream, "200 OK", headers, body, dropAfter);
        };

    /// <summary>Sends the whole file whatever is asked for.</summary>
    public static Func<Stream, ServerRequest, Task> WithoutRanges(byte[] content) =>
        (stream, _) => SendAsync(stream, "200 OK", [], content);

    public static Func<Stream, ServerRequest, Task> Status(string status, params string[] headers) =>
        (stream, _) => SendAsync(stream, status, headers, []);

    public static async Task SendAsync(Stream stream, string status, string[] headers, byte[] body, int dropAfter = int.MaxValue)
    {
        StringBuilder head = new($"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n");
        foreach (string header in headers)
            head.Append(header).Append("\r\n");
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()));
        await stream.WriteAsync(body.AsMemory(0, Math.Min(body.Length, dropAfter)));
        await stream.FlushAsync();
    }

    public void Dispose()
    {
        _stop.Cancel();
        _listener.Stop();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                ServerRequest request = await ReadAsync(stream);
                int number;
                lock (Requests)
                {
                    number = Requests.Count;
                    Requests.Add(request);
                }

                await _answers[Math.Min(number, _answers.Length - 1)](stream, request);
            }
            catch (IOException)
            {
                // The client went away: some tests want that.
            }
        }
    }

    private static async Task<ServerRequest> ReadAsync(Stream stream)
    {
        StringBuilder text = new();
        byte[] one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
            text.Append((char)one[0]);
        string[] lines = text.ToString().Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        return new(
            lines[0].Split(' ')[1],
            lines.Skip(1).Select(l => l.Split(": ", 2)).ToDictionary(p => p[0].ToLowerInvariant(), p => p[1]));
    }
}
