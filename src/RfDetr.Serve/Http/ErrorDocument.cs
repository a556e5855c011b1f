using System.Globalization;

namespace RfDetr.Serve;

/// <summary>An error as clients read it.</summary>
internal sealed record ErrorDocument
{
    public required string Message { get; init; }

    public required string Code { get; init; }

    public required string RequestId { get; init; }

    /// <summary>DeepStack's: always false.</summary>
    public bool? Success { get; init; }

    /// <summary>DeepStack's and KServe's word for the message.</summary>
    public string? Error { get; init; }

    /// <summary>DeepStack's: empty.</summary>
    public IReadOnlyList<DeepStackPrediction>? Predictions { get; init; }

    public static ErrorDocument Of(string message, string code, RequestScope scope) => new()
    {
        Message = message,
        Code = code,
        RequestId = scope.Id,
        Success = scope.ErrorStyle == ErrorStyle.DeepStack ? false : null,
        Error = scope.ErrorStyle == ErrorStyle.Native ? null : message,
        Predictions = scope.ErrorStyle == ErrorStyle.DeepStack ? [] : null,
    };

    /// <summary>Writes an error with its status and headers, unless the answer has begun.</summary>
    public static async Task WriteAsync(
        HttpContext context, int status, string code, string message, TimeSpan? retryAfter = null)
    {
        RequestScope scope = RequestScope.Of(context);
        scope.ErrorCode = code;
        if (context.Response.HasStarted)
        {
            context.Abort();
            return;
        }

        var allow = context.Response.Headers.Allow;
        context.Response.Clear();
        if (allow.Count > 0)
            context.Response.Headers.Allow = allow;
        AnswerHeaders.Set(context, scope);
        context.Response.StatusCode = status;
        if (retryAfter is { } after)
            context.Response.Headers.RetryAfter =
                Math.Max(1, (long)Math.Ceiling(after.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        if (status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = "Bearer";
        await Answers.JsonAsync(context, Of(message, code, scope), ServeJson.Default.ErrorDocument, status).ConfigureAwait(false);
    }
}

/// <summary>Headers of every answer.</summary>
internal static class AnswerHeaders
{
    public static void Set(HttpContext context, RequestScope scope)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers[HeaderNames.RequestId] = scope.Id;
        headers.XContentTypeOptions = "nosniff";
        headers.CacheControl = "no-store";
    }
}
