using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace RfDetr.Jobs.Tests;

/// <summary>
/// An S3-compatible store in memory, as far as jobs use one: signatures of version 4 are computed again and compared,
/// if-none-match, ranges, pages of listings and uploads in parts behave as Amazon's documentation says.
/// </summary>
internal sealed class S3Stub : IAsyncDisposable
{
    public const string Bucket = "images", AccessKey = "AKIATEST", Secret = "wJalr/secret+key", Region = "test-1";

    private static readonly XNamespace s_names = "http://s3.amazonaws.com/doc/2006-03-01/";

    private readonly ConcurrentDictionary<string, (byte[] Content, DateTimeOffset Modified)> _objects = new();
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<int, byte[]>> _uploads = new();
    private readonly WebApplication _app;
    private int _failures;

    private S3Stub(WebApplication app) => _app = app;

    public string Endpoint => _app.Urls.Single();

    /// <summary>Keys of a page of a listing.</summary>
    public int PageSize { get; set; } = 1000;

    /// <summary>True for a store that does not know if-none-match.</summary>
    public bool IgnoresConditions { get; set; }

    /// <summary>Requests so far.</summary>
    public int Requests => _requests;

    private int _requests;

    public IReadOnlyDictionary<string, byte[]> Objects =>
        _objects.ToDictionary(o => o.Key, o => o.Value.Content, StringComparer.Ordinal);

    public int OpenUploads => _uploads.Count;

    public static async Task<S3Stub> StartAsync()
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k =>
        {
            k.Listen(System.Net.IPAddress.Loopback, 0, l => l.Protocols = HttpProtocols.Http1);
            k.Limits.MaxRequestBodySize = null;
        });
        WebApplication app = builder.Build();
        var stub = new S3Stub(app);
        app.Run(stub.AnswerAsync);
        await app.StartAsync();
        return stub;
    }

    public void Put(string key, byte[] content) => _objects[key] = (content, DateTimeOffset.UtcNow);

    /// <summary>The next requests are answered with 503, as a store under load does.</summary>
    public void Fail(int requests) => Interlocked.Exchange(ref _failures, requests);

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        HttpRequest request = context.Request;
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer);
        byte[] body = buffer.ToArray();
        string[] path = Uri.UnescapeDataString(RawPath(context)).TrimStart('/').Split('/', 2);
        string key = path.Length > 1 ? path[1] : "";
        if (Interlocked.Decrement(ref _failures) >= 0)
            await ErrorAsync(context, 503, "SlowDown");
        else if (Refusal(context, body) is { } refusal)
            await ErrorAsync(context, 403, refusal);
        else if (path[0] != Bucket)
            await ErrorAsync(context, 404, "NoSuchBucket");
        else if (request.Method == "GET" && key.Length == 0)
            await ListAsync(context);
        else if (request.Method is "GET" or "HEAD")
            await GetAsync(context, key);
        else if (request.Method == "PUT" && request.Query["uploadId"] is [{ } upload])
            await PartAsync(context, upload, body);
        else if (request.Method == "PUT")
            await PutAsync(context, key, body);
        else if (request.Method == "POST" && request.Query.ContainsKey("uploads"))
            await BeginAsync(context, key);
        else if (request.Method == "POST" && request.Query["uploadId"] is [{ } complete])
            await CompleteAsync(context, key, complete, body);
        else if (request.Method == "DELETE" && request.Query["uploadId"] is [{ } abort])
            context.Response.StatusCode = _uploads.TryRemove(abort, out _) ? 204 : 404;
        else if (request.Method == "DELETE")
            Delete(context, key);
        else
            await ErrorAsync(context, 405, "MethodNotAllowed");
    }

    // 204 even if there was nothing.
    private void Delete(HttpContext context, string key)
    {
        _objects.TryRemove(key, out _);
        context.Response.StatusCode = 204;
    }

    private async Task PutAsync(HttpContext context, string key, byte[] body)
    {
        string? condition = context.Request.Headers.IfNoneMatch;
        if (condition is not null and not "*")
        {
            await ErrorAsync(context, 501, "NotImplemented");
            return;
        }

        if (condition is null || IgnoresConditions)
            _objects[key] = (body, DateTimeOffset.UtcNow);
        else if (!_objects.TryAdd(key, (body, DateTimeOffset.UtcNow)))
            await ErrorAsync(context, 412, "PreconditionFailed");
        context.Response.Headers.ETag = Tag(body);
    }

    private async Task GetAsync(HttpContext context, string key)
    {
        if (!_objects.TryGetValue(key, out (byte[] Content, DateTimeOffset Modified) found))
        {
            await ErrorAsync(context, 404, "NoSuchKey");
            return;
        }

        (byte[] content, int status) = (found.Content, 200);
        if (context.Request.Headers.Range is [{ } range])
        {
            string[] ends = range["bytes=".Length..].Split('-');
            long first = long.Parse(ends[0], CultureInfo.InvariantCulture);
            long last = ends[1].Length > 0 ? long.Parse(ends[1], CultureInfo.InvariantCulture) : long.MaxValue;
            if (first >= content.Length)
            {
                await ErrorAsync(context, 416, "InvalidRange");
                return;
            }

            int end = (int)Math.Min(last, content.Length - 1) + 1;
            context.Response.Headers.ContentRange =
                string.Create(CultureInfo.InvariantCulture, $"bytes {first}-{end - 1}/{content.Length}");
            (content, status) = (content[(int)first..end], 206);
        }

        context.Response.StatusCode = status;
        context.Response.ContentLength = content.Length;
        context.Response.Headers.ETag = Tag(found.Content);
        context.Response.Headers.LastModified = found.Modified.ToString("R", CultureInfo.InvariantCulture);
        if (context.Request.Method == "GET")
            await context.Response.Body.WriteAsync(content);
    }

    private Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        if (query["list-type"] != "2")
            return ErrorAsync(context, 501, "NotImplemented");
        string prefix = query["prefix"].ToString(), after = query["continuation-token"].ToString();
        int most = query["max-keys"] is [{ } text] ? int.Parse(text, CultureInfo.InvariantCulture) : 1000;
        string[] keys =
        [
            .. _objects.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)
                && string.CompareOrdinal(k, after) > 0).Order(StringComparer.Ordinal),
        ];
        string[] page = [.. keys.Take(Math.Min(most, PageSize))];
        bool more = keys.Length > page.Length;
        return XmlAsync(context, 200, new XElement(
            s_names + "ListBucketResult",
            new XElement(s_names + "Name", Bucket), new XElement(s_names + "Prefix", prefix),
            new XElement(s_names + "KeyCount", page.Length), new XElement(s_names + "MaxKeys", most),
            new XElement(s_names + "IsTruncated", more),
            more ? new XElement(s_names + "NextContinuationToken", page[^1]) : null,
            page.Select(k => new XElement(
                s_names + "Contents",
                new XElement(s_names + "Key", k),
                new XElement(
                    s_names + "LastModified", _objects[k].Modified.UtcDateTime.ToString("O", CultureInfo.InvariantCulture)),
                new XElement(s_names + "ETag", Tag(_objects[k].Content)),
                new XElement(s_names + "Size", _objects[k].Content.Length),
                new XElement(s_names + "StorageClass", "STANDARD")))));
    }

    private Task BeginAsync(HttpContext context, string key)
    {
        string id = Guid.NewGuid().ToString("N");
        _uploads[id] = new ConcurrentDictionary<int, byte[]>();
        return XmlAsync(context, 200, new XElement(
            s_names + "InitiateMultipartUploadResult",
            new XElement(s_names + "Bucket", Bucket), new XElement(s_names + "Key", key),
            new XElement(s_names + "UploadId", id)));
    }

    private Task PartAsync(HttpContext context, string upload, byte[] body)
    {
        if (!_uploads.TryGetValue(upload, out ConcurrentDictionary<int, byte[]>? parts))
            return ErrorAsync(context, 404, "NoSuchUpload");
        parts[int.Parse(context.Request.Query["partNumber"].ToString(), CultureInfo.InvariantCulture)] = body;
        context.Response.Headers.ETag = Tag(body);
        return Task.CompletedTask;
    }

    private Task CompleteAsync(HttpContext context, string key, string upload, byte[] body)
    {
        if (!_uploads.TryGetValue(upload, out ConcurrentDictionary<int, byte[]>? parts))
            return ErrorAsync(context, 404, "NoSuchUpload");
        int[] named =
        [
            .. XDocument.Parse(Encoding.UTF8.GetString(body)).Descendants().Where(e => e.Name.LocalName == "PartNumber")
                .Select(e => (int)e),
        ];
        byte[] whole = [.. named.SelectMany(n => parts[n])];
        if (context.Request.Headers.IfNoneMatch == "*" && !IgnoresConditions)
        {
            if (!_objects.TryAdd(key, (whole, DateTimeOffset.UtcNow)))
                return ErrorAsync(context, 412, "PreconditionFailed");
        }
        else
        {
            _objects[key] = (whole, DateTimeOffset.UtcNow);
        }

        _uploads.TryRemove(upload, out _);
        return XmlAsync(context, 200, new XElement(
            s_names + "CompleteMultipartUploadResult",
            new XElement(s_names + "Bucket", Bucket), new XElement(s_names + "Key", key),
            new XElement(s_names + "ETag", Tag(whole).Trim('"') + "-1")));
    }

    /// <summary>The code of what is wrong with a signature; null if nothing is.</summary>
    private static string? Refusal(HttpContext context, byte[] body)
    {
        HttpRequest request = context.Request;
        string header = request.Headers.Authorization.ToString();
        const string Algorithm = "AWS4-HMAC-SHA256";
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
            return "AccessDenied";
        Dictionary<string, string> parts = header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries)
            .Select(p => p.Split('=', 2)).ToDictionary(p => p[0], p => p[1]);
        string[] scope = parts["Credential"].Split('/');
        if (scope[0] != AccessKey)
            return "InvalidAccessKeyId";
        string date = request.Headers["x-amz-date"].ToString();
        string digest = request.Headers["x-amz-content-sha256"].ToString();
        if (scope.Length != 5 || scope[1] != date[..8] || scope[2] != Region || scope[3] != "s3" || scope[4] != "aws4_request")
            return "AuthorizationHeaderMalformed";
        if (digest != "UNSIGNED-PAYLOAD" && digest != Convert.ToHexStringLower(SHA256.HashData(body)))
            return "XAmzContentSHA256Mismatch";
        string[] signed = parts["SignedHeaders"].Split(';');
        if (!signed.Contains("host") || !signed.Contains("x-amz-date") || !signed.Contains("x-amz-content-sha256"))
            return "AccessDenied";
        string query = string.Join('&', request.Query
            .SelectMany(q => q.Value.Select(v => (Name: Encode(q.Key), Value: Encode(v ?? ""))))
            .OrderBy(q => q.Name, StringComparer.Ordinal).Select(q => $"{q.Name}={q.Value}"));
        string headers = string.Concat(signed.Select(h =>
            $"{h}:{string.Join(' ', request.Headers[h].ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries))}\n"));
        string canonical = $"{request.Method}\n{RawPath(context)}\n{query}\n{headers}\n{parts["SignedHeaders"]}\n{digest}";
        string text = $"{Algorithm}\n{date}\n{string.Join('/', scope[1..])}\n"
            + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (string step in scope[1..])
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(step));
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
        return signature == parts["Signature"] ? null : "SignatureDoesNotMatch";
    }

    private static string Encode(string text) => Uri.EscapeDataString(text);

    private static string RawPath(HttpContext context) =>
        context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0];

    // As Amazon's; its clients compare it with what they sent or got.
    private static string Tag(byte[] content) => $"\"{Convert.ToHexStringLower(MD5.HashData(content))}\"";

    private static Task ErrorAsync(HttpContext context, int status, string code) =>
        XmlAsync(context, status, new XElement("Error", new XElement("Code", code), new XElement("Message", $"{code} (test)")));

    private static async Task XmlAsync(HttpContext context, int status, XElement root)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/xml";
        if (context.Request.Method != "HEAD")
            await context.Response.WriteAsync("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + root);
    }
}

/// <summary>A store for the tests of a collection, named by the environment as users do.</summary>
public sealed class S3Fixture : IAsyncLifetime
{
    private readonly Dictionary<string, string?> _before = [];

    internal S3Stub Store { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Store = await S3Stub.StartAsync();
        Set("AWS_ENDPOINT_URL", Store.Endpoint);
        Set("AWS_ACCESS_KEY_ID", S3Stub.AccessKey);
        Set("AWS_SECRET_ACCESS_KEY", S3Stub.Secret);
        Set("AWS_REGION", S3Stub.Region);
        Set("AWS_EC2_METADATA_DISABLED", "true");
    }

    public async Task DisposeAsync()
    {
        foreach ((string name, string? value) in _before)
            Environment.SetEnvironmentVariable(name, value);
        await Store.DisposeAsync();
    }

    private void Set(string name, string value)
    {
        _before[name] = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, value);
    }
}

/// <summary>Tests that set variables of the environment run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class S3Collection : ICollectionFixture<S3Fixture>
{
    public const string Name = "S3";
}
