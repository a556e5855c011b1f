using System.Buffers.Text;
using System.Net;
using System.Text;
using System.Threading.RateLimiting;
using StandardHeaders = Microsoft.Net.Http.Headers.HeaderNames;

namespace RfDetr.Serve;

/// <summary>
/// Decides who may do what. A key comes in a header (that of a WebSocket's protocols included), the query, a JSON body or a form
/// field, in that order; digests of equal length are compared in constant time, with every key of the file, so that the time
/// tells nothing about it.
/// </summary>
internal sealed class KeyGate : IDisposable
{
    /// <summary>Beginning of a WebSocket's protocol that carries a key, as base64url.</summary>
    public const string KeyProtocol = "rfdetr.key.";

    private readonly IReadOnlyList<ApiKey>? _keys;

    // Clients that guess: 20 failures at once, then one every 3 seconds.
    private readonly PartitionedRateLimiter<IPAddress> _failures = PartitionedRateLimiter.Create<IPAddress, IPAddress>(
        address => RateLimitPartition.GetTokenBucketLimiter(address, _ => new TokenBucketRateLimiterOptions
        {
            TokenLimit = 20,
            TokensPerPeriod = 1,
            ReplenishmentPeriod = TimeSpan.FromSeconds(3),
            QueueLimit = 0,
            AutoReplenishment = true,
        }));

    /// <summary>Reads the file of keys.</summary>
    /// <param name="keyFile">Null: everybody may do everything.</param>
    public KeyGate(string? keyFile) => _keys = keyFile is null ? null : KeyFile.Read(keyFile);

    /// <summary>True if requests need a key.</summary>
    public bool IsClosed => _keys is not null;

    /// <summary>The key that a request's header or query has; null without one.</summary>
    public static string? KeyOf(HttpRequest request)
    {
        string authorization = request.Headers.Authorization.ToString();
        const string bearer = "Bearer ";
        if (authorization.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
            return Present(authorization[bearer.Length..].Trim());
        return Present(request.Headers[HeaderNames.ApiKey].ToString()) ?? Present(OfProtocols(request))
            ?? Present(request.Query["api_key"].ToString());
    }

    // The one header of a WebSocket that a page may set names protocols; from an address the key would get into logs of proxies.
    private static string? OfProtocols(HttpRequest request)
    {
        foreach (string? name in request.Headers.GetCommaSeparatedValues(StandardHeaders.SecWebSocketProtocol))
        {
            if (name?.StartsWith(KeyProtocol, StringComparison.Ordinal) != true)
                continue;
            try
            {
                return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(name.AsSpan(KeyProtocol.Length)));
            }
            catch (FormatException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>Lets a request pass that has a right, or throws.</summary>
    /// <param name="context">The request.</param>
    /// <param name="right">What it is about to do.</param>
    /// <param name="bodyKey">The key in its body, if there is one.</param>
    /// <exception cref="ServeException">401, 403 or 429.</exception>
    public void Require(HttpContext context, Rights right, string? bodyKey = null)
    {
        if (_keys is null)
            return;
        RequestScope scope = RequestScope.Of(context);
        ApiKey key = scope.Key ??= Find(context, KeyOf(context.Request) ?? Present(bodyKey));
        if (!key.Rights.HasFlag(right))
        {
            throw new ServeException(
                StatusCodes.Status403Forbidden, ErrorCodes.Right,
                $"the key '{key.Name}' does not have the right '{Word(right)}'");
        }
    }

    /// <summary>True if a request that passed the gate has a further right.</summary>
    public bool Has(HttpContext context, Rights right) =>
        _keys is null || RequestScope.Of(context).Key?.Rights.HasFlag(right) == true;

    /// <summary>Takes a request's images from its key's rate.</summary>
    /// <exception cref="ServeException">429.</exception>
    public static void Spend(HttpContext context, int images)
    {
        if (RequestScope.Of(context).Key is not { Rate: { } rate } key)
            return;
        using RateLimitLease lease = AttemptAcquire(rate, images);
        if (lease.IsAcquired)
            return;
        throw new ServeException(
            StatusCodes.Status429TooManyRequests, ErrorCodes.Rate, $"the key '{key.Name}' is used faster than its rate allows",
            RetryAfter(lease));
    }

    public void Dispose()
    {
        _failures.Dispose();
        foreach (ApiKey key in _keys ?? [])
            key.Rate?.Dispose();
    }

    private ApiKey Find(HttpContext context, string? presented)
    {
        if (presented is not null)
        {
            byte[] digest = KeyFile.Digest(presented);
            ApiKey? found = null;
            foreach (ApiKey key in _keys!)
            {
                if (key.Is(digest))
                    found = key;
            }

            if (found is not null)
                return found;
        }

        using RateLimitLease lease = _failures.AttemptAcquire(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!lease.IsAcquired)
        {
            throw new ServeException(
                StatusCodes.Status429TooManyRequests, ErrorCodes.Rate, "too many requests without a valid key",
                    RetryAfter(lease));
        }

        throw new ServeException(
            StatusCodes.Status401Unauthorized, ErrorCodes.Key, presented is null
                ? "this server needs a key: Authorization: Bearer KEY"
                : "the key is not one of this server's");
    }

    // Clients write the word None where they have no key.
    private static string? Present(string? key) =>
        string.IsNullOrWhiteSpace(key) || key is "None" or "null" ? null : key;

    // A request of more images than the bucket holds waits for a full one.
    private static RateLimitLease AttemptAcquire(RateLimiter rate, int images)
    {
        try
        {
            return rate.AttemptAcquire(images);
        }
        catch (ArgumentOutOfRangeException)
        {
            throw ServeException.BadRequest(
                ErrorCodes.Images, Invariant.Text($"{images} images are more than the key's rate ever allows at once"));
        }
    }

    private static TimeSpan RetryAfter(RateLimitLease lease) =>
        lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan after) ? after : TimeSpan.FromSeconds(1);

    private static string Word(Rights right) => right.ToString().ToLowerInvariant();
}
