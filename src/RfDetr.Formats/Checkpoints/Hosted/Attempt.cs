using System.Net;
using System.Net.Http.Headers;

namespace RfDetr.Checkpoints;

/// <summary>One request to the server, going on where the part file ends.</summary>
internal sealed class Attempt(
    HttpClient client, HostedFile file, Uri address, DownloadOptions options, Action<long, long?> progress)
{
    /// <summary>Reads to the end of the file.</summary>
    /// <exception cref="TransientException">Worth another attempt.</exception>
    /// <exception cref="DownloadException">No attempt can succeed.</exception>
    public async Task RunAsync(PartFile part, CancellationToken cancellation)
    {
        using CancellationTokenSource stall = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        stall.CancelAfter(options.StallTimeout);
        try
        {
            using HttpRequestMessage request = Request(part);
            using HttpResponseMessage response =
                await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stall.Token).ConfigureAwait(false);
            long? total = Begin(response, part);
            await using Stream body = await response.Content.ReadAsStreamAsync(stall.Token).ConfigureAwait(false);
            byte[] buffer = new byte[1 << 16];
            while (true)
            {
                stall.CancelAfter(options.StallTimeout);
                int n = await body.ReadAsync(buffer, stall.Token).ConfigureAwait(false);
                if (n == 0)
                    break;
                if (part.Length + n > options.MaxBytes)
                    throw TooLarge(part.Length + n);
                await KeepAsync(part, buffer.AsMemory(0, n), cancellation).ConfigureAwait(false);
                progress(part.Length, total);
            }

            if (total is { } size && part.Length < size)
                throw new TransientException($"the server closed the connection after {part.Length} of {size} bytes");
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TransientException(
                Invariant.Text($"nothing arrived for {options.StallTimeout.TotalSeconds} s"));
        }
        catch (HttpRequestException e) when (
            e.HttpRequestError is HttpRequestError.NameResolutionError
                or HttpRequestError.SecureConnectionError or HttpRequestError.ProxyTunnelError)
        {
            throw new DownloadException(
                $"{address} cannot be reached: {e.Message}. Check the connection and the proxy (HTTPS_PROXY), "
                + $"name a mirror ({DownloadOptions.AddressVariable}), or fetch {file.FileName} by other means and put it "
                    + $"into the weights folder",
                e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransientException(e.Message, e);
        }
    }

    private HttpRequestMessage Request(PartFile part)
    {
        HttpRequestMessage request = new(HttpMethod.Get, address);
        request.Headers.AcceptEncoding.Add(new("identity"));
        if (part.Length == 0)
            return request;
        request.Headers.Range = new(part.Length, null);
        // If the file has changed meanwhile, the server answers with the whole new one.
        if (part.Tag is { } tag && RangeConditionHeaderValue.TryParse(tag, out RangeConditionHeaderValue? condition))
            request.Headers.IfRange = condition;
        return request;
    }

    /// <summary>
    /// Checks the answer's head, sets the part file to where the body begins and returns the size of the whole file.
    /// </summary>
    private long? Begin(HttpResponseMessage response, PartFile part)
    {
        HttpContentHeaders head = response.Content.Headers;
        string? tag = response.Headers.ETag is { IsWeak: false } strong ? strong.ToString() : head.LastModified?.ToString("r");
        bool piece = response.StatusCode is HttpStatusCode.PartialContent;
        if (
            piece
                && (
                    part.Length == 0
                        || head.ContentRange is not { Unit: "bytes", From: { } from } || from != part.Length
                        || part.Tag is { } old && tag is not null && tag != old))
        {
            part.Restart();
            throw new TransientException(
                $"the server sent another piece than was asked for ({head.ContentRange}); beginning again");
        }

        if (response.StatusCode is HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            part.Restart();
            throw new TransientException("the server's file is shorter than the unfinished one here; beginning again");
        }

        if (
            response.StatusCode is HttpStatusCode.RequestTimeout
                or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError)
            throw new TransientException(
                $"the server answered {(int)response.StatusCode} {response.ReasonPhrase}",
                retryAfter: response.Headers.RetryAfter?.Delta);
        if (!piece && response.StatusCode is not HttpStatusCode.OK)
            throw Refused(response);
        if (head.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
            throw new DownloadException(
                $"{address} sent a web page instead of {file.FileName}; a proxy or login page may stand in between (see "
                    + $"HTTPS_PROXY, {DownloadOptions.AddressVariable})");

        // A whole file in answer to a request for the rest: the server knows no ranges, or has a newer file.
        long kept = piece ? part.Length : 0;
        long? total = head.ContentRange?.Length ?? kept + head.ContentLength;
        if (total > options.MaxBytes)
            throw TooLarge(total.Value);
        if (total is { } size && part.FreeSpace is { } free && free < size - part.Length)
            throw new DownloadException(
                $"{file.FileName} needs {size - part.Length} more bytes, but only {free} are free in the weights folder; "
                    + $"free some space or choose another folder ({DownloadOptions.HomeVariable})");
        if (!piece)
            part.Restart();
        part.Tag = tag;
        return total;
    }

    private static async Task KeepAsync(PartFile part, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await part.AppendAsync(bytes, cancellation).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new DownloadException(
                $"cannot write after {part.Length} bytes: {e.Message}; free some space or choose another folder "
                    + $"({DownloadOptions.HomeVariable}), then run again: it goes on from there",
                e);
        }
    }

    private DownloadException Refused(HttpResponseMessage response) => new(
        $"{address} answered {(int)response.StatusCode} {response.ReasonPhrase}; "
        + (
            response.StatusCode is HttpStatusCode.NotFound
                ? "the file is not there: check the mirror's address"
                : "it does not hand the file out")
        + $" ({DownloadOptions.AddressVariable}), or fetch {file.FileName} by other means and put it into the weights folder");

    private DownloadException TooLarge(long size) =>
        new(
            $"{address} is {size} bytes or more, above the limit of {options.MaxBytes} (DownloadOptions.MaxBytes): this "
                + $"is hardly {file.FileName}");
}

/// <summary>An attempt failed in a way that the next one may not.</summary>
internal sealed class TransientException(string message, Exception? inner = null, TimeSpan? retryAfter = null)
    : Exception(message, inner)
{
    /// <summary>Pause that the server asks for.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}
