using System.Net;
using System.Net.Sockets;

namespace RfDetr.Serve;

/// <summary>Finds the addresses of a host.</summary>
internal delegate Task<IPAddress[]> ResolveHost(string host, CancellationToken cancellationToken);

/// <summary>
/// Fetches images from addresses that requests name, if that is allowed at all. The check is made where the connection is: the
/// host is resolved once, all its addresses must be public, and exactly those are connected to. So neither spelling (127.1), nor
/// redirects, nor a name that changes its address between check and use leads into the own network.
/// </summary>
internal sealed class UrlFetcher : IDisposable
{
    private const int MaxRedirects = 3;
    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(10);

    private readonly ServeOptions _options;
    private readonly ResolveHost _resolve;
    private readonly Func<IPEndPoint, CancellationToken, Task<Stream>> _connect;
    private readonly HttpClient _client;

    public UrlFetcher(ServeOptions options)
        : this(options, Dns.GetHostAddressesAsync, ConnectAsync)
    {
    }

    /// <summary>With another resolver and another network, for tests.</summary>
    internal UrlFetcher(ServeOptions options, ResolveHost resolve, Func<IPEndPoint, CancellationToken, Task<Stream>> connect)
    {
        (_options, _resolve, _connect) = (options, resolve, connect);
        _client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.None, // a compressed body would slip under the size limit
            PooledConnectionLifetime = TimeSpan.Zero,           // each request is checked
            MaxResponseHeadersLength = 16,
            ConnectCallback = (context, token) => OpenAsync(context.DnsEndPoint, token),
        })
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Fetches a file; what it is, the decoder says.</summary>
    /// <exception cref="ServeException">400: addresses are not taken, or this one is not; 413: the file is too large.</exception>
    public async Task<PooledBytes> FetchAsync(string address, BodyBudget? budget, CancellationToken cancellation)
    {
        if (_options.UrlInputs != UrlInputs.Public)
            throw Refused("this server takes no images by address (--url-inputs public); send the image itself");
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(s_timeout);
        try
        {
            Uri at = Check(address);
            for (int hop = 0; hop <= MaxRedirects; hop++)
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, at);
                using HttpResponseMessage response = await _client.SendAsync(
                    request, HttpCompletionOption.ResponseHeadersRead, limit.Token).ConfigureAwait(false);
                if ((int)response.StatusCode is >= 300 and < 400 && response.Headers.Location is { } location)
                {
                    at = Uri.TryCreate(at, location, out Uri? next)
                        ? Check(next.ToString())
                        : throw Refused("the address redirects to what is no address");
                    continue;
                }

                if (!response.IsSuccessStatusCode)
                    throw Refused(Invariant.Text($"the address answered {(int)response.StatusCode}"));
                if (response.Content.Headers.ContentLength > _options.Limits.MaxBodyBytes)
                    throw ServeException.BodyTooLarge(_options.Limits.MaxBodyBytes);
                await using Stream body = await response.Content.ReadAsStreamAsync(limit.Token).ConfigureAwait(false);
                return await PooledBytes.ReadAsync(
                    body, response.Content.Headers.ContentLength, _options.Limits.MaxBodyBytes, budget,
                        limit.Token)
                        .ConfigureAwait(false);
            }

            throw Refused(Invariant.Text($"the address redirects more than {MaxRedirects} times"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw Refused(Invariant.Text($"the address took longer than {s_timeout.TotalSeconds:0} s"));
        }
        catch (HttpRequestException e)
        {
            throw e.InnerException as ServeException ?? Refused("the address cannot be reached");
        }
        catch (IOException)
        {
            throw Refused("the address broke off");
        }
    }

    public void Dispose() => _client.Dispose();

    /// <summary>The address, if its form allows it.</summary>
    internal static Uri Check(string address)
    {
        if (!Uri.TryCreate(address, UriKind.Absolute, out Uri? at) || at.Scheme is not ("http" or "https"))
            throw Refused("the address is no http or https address");
        if (at.UserInfo.Length > 0)
            throw Refused("the address has a user in it");
        if (at.Port is not (80 or 443))
            throw Refused(Invariant.Text($"the address has the port {at.Port}; expected 80 or 443"));
        return at;
    }

    private async ValueTask<Stream> OpenAsync(DnsEndPoint host, CancellationToken cancellation)
    {
        IPAddress[] addresses;
        try
        {
            // What is spelled as a number is an address to the socket too, however it is spelled.
            addresses = IPAddress.TryParse(host.Host, out IPAddress? literal)
                ? [literal]
                : await _resolve(host.Host, cancellation).ConfigureAwait(false);
        }
        catch (SocketException)
        {
            throw Refused("the address's host is not known");
        }

        if (addresses.Length == 0 || !addresses.All(AddressRules.IsGlobal))
            throw Refused("the address is not one of the public internet");
        foreach (IPAddress address in addresses)
        {
            try
            {
                return await _connect(new IPEndPoint(address, host.Port), cancellation).ConfigureAwait(false);
            }
            catch (SocketException)
            {
                // The next one may answer.
            }
        }

        throw Refused("the address cannot be reached");
    }

    private static async Task<Stream> ConnectAsync(IPEndPoint to, CancellationToken cancellation)
    {
        var socket = new Socket(to.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, cancellation).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static ServeException Refused(string message) => ServeException.BadRequest(ErrorCodes.Address, message);
}
