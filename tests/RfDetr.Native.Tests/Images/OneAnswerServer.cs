using System.Net;
using System.Net.Sockets;

namespace RfDetr.Tests.Images;

/// <summary>Gives every connection on a loopback port the same bytes; with none it stays silent.</summary>
internal sealed class OneAnswerServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _serving;

    public OneAnswerServer(byte[] answer)
    {
        _listener.Start();
        _serving = ServeAsync(answer);
    }

    public Uri Address => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/image");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(byte[] answer)
    {
        var silent = new List<TcpClient>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                silent.Add(client);
                if (answer.Length == 0)
                    continue;
                await client.GetStream().ReadAtLeastAsync(new byte[4096], 1, cancellationToken: _stop.Token);   // the request
                await client.GetStream().WriteAsync(answer, _stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);
            }
        }
        // InvalidOperationException: the listener was stopped between two connections (or disposed, which derives from it).
        catch (Exception end) when (
            end is OperationCanceledException or IOException or SocketException or InvalidOperationException)
        {
            silent.ForEach(client => client.Dispose());
        }
    }
}
