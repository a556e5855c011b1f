using System.Net;
using System.Net.Sockets;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// A way to a server that falls silent when a test says so: connections stay, new ones are accepted, and no byte goes through. So
/// look machines that have gone and cables that were pulled.
/// </summary>
internal sealed class SilentProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly List<TcpClient> _clients = [];
    private readonly CancellationTokenSource _end = new();
    private readonly Task _accepting;
    private volatile bool _silent;

    public SilentProxy(int port)
    {
        _listener.Start();
        _accepting = AcceptAsync(port);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void FallSilent() => _silent = true;

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Stop();
        await _accepting;
        lock (_clients)
            _clients.ForEach(c => c.Dispose());
        _end.Dispose();
    }

    private async Task AcceptAsync(int port)
    {
        try
        {
            while (true)
            {
                TcpClient near = Kept(await _listener.AcceptTcpClientAsync(_end.Token)), far = Kept(new TcpClient());
                await far.ConnectAsync(IPAddress.Loopback, port, _end.Token);
                _ = CopyAsync(near.GetStream(), far.GetStream());
                _ = CopyAsync(far.GetStream(), near.GetStream());
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private TcpClient Kept(TcpClient client)
    {
        lock (_clients)
            _clients.Add(client);
        return client;
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to)
    {
        byte[] buffer = new byte[1 << 16];
        try
        {
            for (int read; (read = await from.ReadAsync(buffer, _end.Token)) > 0;)
            {
                if (!_silent)
                    await to.WriteAsync(buffer.AsMemory(0, read), _end.Token);
            }

            if (!_silent)
                to.Close();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // One side has gone.
        }
    }
}
