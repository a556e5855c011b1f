using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>
/// The outermost step of every request: gives it an id, turns whatever is thrown into an answer without a trace of where it came
/// from, and writes its line to the log.
/// </summary>
internal sealed class RequestPipeline(ServeOptions options, ServeMetrics metrics, AccessLog log, BodyBudget budget)
{
    public async Task RunAsync(HttpContext context, RequestDelegate next)
    {
        RequestScope scope = RequestScope.Begin(context, options.Limits, budget);
        AnswerHeaders.Set(context, scope);
        try
        {
            scope.ReadHeaders(context.Request, options.Limits);
            RefuseCompression(context.Request);
            await next(context).ConfigureAwait(false);
            if (!context.Response.HasStarted && context.Response.StatusCode is >= 400 and var status
                && context.Response.ContentLength is null)
                await BareStatusAsync(context, status).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody listens; the status is for the log alone.
            scope.ErrorCode = "client_gone";
            metrics.Canceled(scope.Model);
            if (!context.Response.HasStarted)
                context.Response.StatusCode = StatusCodes.Status499ClientClosedRequest;
        }
#pragma warning disable CA1031 // The last resort: a request must not show where it failed.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await AnswerAsync(context, scope, e).ConfigureAwait(false);
        }
        finally
        {
            log.Write(context, scope, Stopwatch.GetElapsedTime(scope.Started));
        }
    }

    private async Task AnswerAsync(HttpContext context, RequestScope scope, Exception e)
    {
        ServeException error = ToServe(e, options.Limits);
        scope.ErrorDetail = error.Detail ?? (error.Status >= 500 ? e.ToString() : null);
        if (error.Code is ErrorCodes.Overloaded or ErrorCodes.Loading or ErrorCodes.Draining or ErrorCodes.Deadline
            or ErrorCodes.Rate)
            metrics.Rejected(scope.Model, error.Code);
        await ErrorDocument.WriteAsync(context, error.Status, error.Code, error.Message, error.RetryAfter).ConfigureAwait(false);
    }

    /// <summary>The answer that an exception stands for.</summary>
    internal static ServeException ToServe(Exception e, RequestLimits limits) => e switch
    {
        ServeException serve => serve,
        ImageContentException { Fault: ImageFault.TooLarge } image =>
            new(StatusCodes.Status413PayloadTooLarge, ErrorCodes.Pixels, image.Message),
        ImageContentException image => ServeException.BadRequest(ErrorCodes.Image, image.Message),
        NetworkOutputException network => new(
            StatusCodes.Status500InternalServerError, ErrorCodes.Network, network.Message),
        BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge } =>
            ServeException.BodyTooLarge(limits.MaxBodyBytes),
        BadHttpRequestException http => new(http.StatusCode, ErrorCodes.Body, http.Message),
        System.Text.Json.JsonException or InvalidDataException =>
            ServeException.BadRequest(ErrorCodes.Body, "the body is not what this route takes: " + FirstLine(e.Message)),
        ArgumentException argument => ServeException.BadRequest(ErrorCodes.Parameter, FirstLine(argument.Message)),
        IOException => ServeException.BadRequest(ErrorCodes.Body, "the body ended before it was complete"),
        _ => new(
            StatusCodes.Status500InternalServerError, ErrorCodes.Internal,
            "the server failed; its log says why, by the request's id"),
    };

    // What a compressed body unpacks to has no bound by its length; images and base64 of them gain nothing by it.
    private static void RefuseCompression(HttpRequest request)
    {
        string encoding = request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase))
            return;
        throw new ServeException(
            StatusCodes.Status415UnsupportedMediaType, ErrorCodes.Type,
            $"the body is compressed (Content-Encoding '{ServeException.Shown(encoding)}'); send it as it is");
    }

    // Routing answers with a status alone.
    private static Task BareStatusAsync(HttpContext context, int status) => status switch
    {
        StatusCodes.Status404NotFound => ErrorDocument.WriteAsync(
            context, status, ErrorCodes.Route, $"there is no '{ServeException.Shown(context.Request.Path)}' here"),
        StatusCodes.Status405MethodNotAllowed => AllowedAsync(context),
        StatusCodes.Status415UnsupportedMediaType => ErrorDocument.WriteAsync(
            context, status, ErrorCodes.Type, "this route does not take such a body"),
        _ => ErrorDocument.WriteAsync(context, status, ErrorCodes.Body, "the request cannot be answered"),
    };

    private static async Task AllowedAsync(HttpContext context)
    {
        string allow = context.Response.Headers.Allow.ToString();
        string method = context.Request.Method, path = ServeException.Shown(context.Request.Path);
        await ErrorDocument.WriteAsync(
            context, StatusCodes.Status405MethodNotAllowed, ErrorCodes.Method,
            $"'{path}' does not take {method}{(allow.Length > 0 ? $", only {allow}" : "")}").ConfigureAwait(false);
    }

    private static string FirstLine(string message)
    {
        int end = message.AsSpan().IndexOfAny('\r', '\n');
        string line = end < 0 ? message : message[..end];
        int noise = line.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return noise < 0 ? line : line[..noise];
    }
}
