using System.Net;

namespace RfDetr;

/// <summary>
/// Images by http or https: a size limit, a time limit, at most five redirects, to http and https only and never from https to
/// http, and the decoder rather than the server's <c>Content-Type</c> says what came. It follows an address wherever it points; a
/// service that takes addresses from strangers should pass a client whose handler refuses its internal network.
/// </summary>
internal static class ImageUrl
{
    private const int MostRedirects = 5;

    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(30);

    private static readonly Lazy<HttpClient> SharedClient = new(() => new HttpClient(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,                             // followed here, where a bad one is an error of the image
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
    /// <exception cref="HttpRequestException">No connection, or the server answered with an error or sent the request on to
    /// what is not http or https, or too often.</exception>
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
        for (int redirects = 0; ; redirects++)
        {
            using HttpResponseMessage response = await GetAsync(address, source, client, cancellation).ConfigureAwait(false);
            if (IsRedirect(response.StatusCode))
            {
                if (redirects == MostRedirects)
                    throw Refused(source, response, $"the server redirects more than {MostRedirects} times");
                address = Next(address, source, response);
                continue;
            }

            if (!response.IsSuccessStatusCode)
                throw Refused(source, response, $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}");
            limits.CheckBytes(source, response.Content.Headers.ContentLength ?? 0);
            await using Stream body = await response.Content.ReadAsStreamAsync(cancellation).ConfigureAwait(false);
            return await ImageCodec.LoadAsync(body, source, limits, cancellation).ConfigureAwait(false);
        }
    }

    private static async Task<HttpResponseMessage> GetAsync(
        Uri address, string source, HttpClient client, CancellationToken cancellation)
    {
        try
        {
            return await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is NotSupportedException or FormatException)
        {
            // A client of the caller's may follow redirects by itself, to a scheme that it cannot speak or a host that is none.
            throw new HttpRequestException($"{source}: {e.Message}", e);
        }
    }

    private static bool IsRedirect(HttpStatusCode status) => status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found
        or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;

    private static Uri Next(Uri address, string source, HttpResponseMessage response)
    {
        if (response.Headers.Location is not { } location)
            throw Refused(source, response, "the server redirects without saying where to");
        if (!Uri.TryCreate(address, location, out Uri? next) || !IsUrl(next.AbsoluteUri))
            throw Refused(source, response, $"the server redirects to '{location}', expected an http or https address");
        return address.Scheme == Uri.UriSchemeHttps && next.Scheme != Uri.UriSchemeHttps
            ? throw Refused(source, response, $"the server redirects from https to '{location}', expected an https address")
            : next;
    }

    private static HttpRequestException Refused(string source, HttpResponseMessage response, string why) =>
        new(HttpRequestError.InvalidResponse, $"{source}: {why}.", statusCode: response.StatusCode);
}
