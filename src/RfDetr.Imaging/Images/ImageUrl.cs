using System.Net;

namespace RfDetr;

/// <summary>
/// Images by http or https: a size limit, a time limit, at most five redirects, and the decoder rather than the
/// server's <c>Content-Type</c> says what came. It follows an address wherever it points; a service that takes
/// addresses from strangers should pass a client whose handler refuses its internal network.
/// </summary>
internal static class ImageUrl
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly Lazy<HttpClient> SharedClient = new(() => new HttpClient(new SocketsHttpHandler
    {
        MaxAutomaticRedirections = 5,
        PooledConnectionLifetime = TimeSpan.FromMinutes(10),   // notices changed DNS entries
        AutomaticDecompression = DecompressionMethods.None,    // a compressed body would slip under the size limit
    })
    { Timeout = Timeout.InfiniteTimeSpan });

    /// <summary>True if a user's input is meant as an address rather than a path.</summary>
    public static bool IsUrl(string input) =>
        input.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || input.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Fetches and decodes one image.</summary>
    /// <param name="address">An absolute http or https address.</param>
    /// <param name="limits">Limits of the file and the image.</param>
    /// <param name="timeout">For the whole transfer; 30 seconds by default.</param>
    /// <param name="client">A client of the caller's, for proxies, credentials or address rules.</param>
    /// <param name="cancellationToken">Stops the transfer or the decoding.</param>
    /// <exception cref="ArgumentException">The address is not absolute http or https.</exception>
    /// <exception cref="HttpRequestException">No connection, or the server answered with an error.</exception>
    /// <exception cref="TimeoutException">The transfer took longer than <paramref name="timeout"/>.</exception>
    /// <exception cref="ImageContentException">What came is no image, is damaged, or exceeds the limits.</exception>
    public static async Task<Image> LoadAsync(
        Uri address, ImageLimits? limits = null, TimeSpan? timeout = null, HttpClient? client = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || !IsUrl(address.AbsoluteUri))
            throw new ArgumentException($"'{address}' is not an absolute http or https address.", nameof(address));
        limits = ImageLimits.OrDefault(limits);
        TimeSpan limit = timeout ?? DefaultTimeout;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        try
        {
            return await FetchAsync(address, limits, client ?? SharedClient.Value, deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{address}: not here after {limit.TotalSeconds:0.###} s.");
        }
    }

    private static async Task<Image> FetchAsync(
        Uri address, ImageLimits limits, HttpClient client, CancellationToken cancellation)
    {
        string source = address.ToString();
        using HttpResponseMessage response = await client
            .GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            throw new HttpRequestException(HttpRequestError.InvalidResponse,
                $"{source}: the server answered {(int)response.StatusCode} {response.ReasonPhrase}.",
                statusCode: response.StatusCode);
        }

        limits.CheckBytes(source, response.Content.Headers.ContentLength ?? 0);
        await using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
        return await ImageCodec.LoadAsync(body, source, limits, cancellation).ConfigureAwait(false);
    }
}
