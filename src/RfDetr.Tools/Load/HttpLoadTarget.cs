using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace RfDetr.Tools;

/// <summary>Posts images to a server, in turn.</summary>
internal sealed class HttpLoadTarget : ILoadTarget, IDisposable
{
    private readonly HttpClient _client;
    private readonly Uri _url;
    private readonly ImageSet _images;

    public HttpLoadTarget(LoadOptions options, ImageSet images)
    {
        _url = options.Url;
        _images = images;
        // Straight to the server and nowhere else: no proxy, no redirection, and no more connections than requests in flight.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            MaxConnectionsPerServer = Math.Max(options.InFlight, options.Callers),
            ConnectCallback = (context, cancellation) => ConnectAsync(context.DnsEndPoint, options.AllowRemote, cancellation),
        };
        _client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        if (options.Key is { } key)
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key);
    }

    public async Task<LoadAnswer> SendAsync(int index, TimeSpan patience, CancellationToken cancellation)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        end.CancelAfter(patience);
        try
        {
            ReadOnlyMemory<byte> image = _images.Encoded(index);
            using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new ReadOnlyMemoryContent(image) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(MediaTypeOf(image.Span));
            using HttpResponseMessage answer = await _client
                .SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            await answer.Content.CopyToAsync(Stream.Null, end.Token).ConfigureAwait(false);
            return new(((int)answer.StatusCode).ToString(CultureInfo.InvariantCulture), answer.Headers.RetryAfter is not null);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new(LoadOutcomes.Timeout);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            cancellation.ThrowIfCancellationRequested();
            return new(LoadOutcomes.Connection);
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The media type of a file by its first bytes; a server that decodes by them too needs no better one.</summary>
    internal static string MediaTypeOf(ReadOnlySpan<byte> image) => image switch
    {
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x89, (byte)'P', (byte)'N', (byte)'G', ..] => "image/png",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        _ => "application/octet-stream",
    };

    // A name is resolved here, so that "localhost" cannot lead to another machine.
    private static async ValueTask<Stream> ConnectAsync(DnsEndPoint place, bool remote, CancellationToken cancellation)
    {
        IPAddress[] addresses = IPAddress.TryParse(place.Host, out IPAddress? literal)
            ? [literal]
            : await Dns.GetHostAddressesAsync(place.Host, cancellation).ConfigureAwait(false);
        if (!remote && addresses.FirstOrDefault(a => !IPAddress.IsLoopback(a)) is { } elsewhere)
            throw new IOException($"'{place.Host}' is {elsewhere}, which is not this machine");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(addresses, place.Port, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
