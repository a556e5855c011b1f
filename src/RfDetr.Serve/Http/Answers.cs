using System.Text.Json.Serialization.Metadata;

namespace RfDetr.Serve;

/// <summary>Writes whole answers, with their length.</summary>
internal static class Answers
{
    public static Task JsonAsync<T>(
        HttpContext context, T document, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK) =>
        BytesAsync(context, JsonStyle.ToUtf8(document, type), "application/json", status);

    public static async Task BytesAsync(
        HttpContext context, ReadOnlyMemory<byte> bytes, string contentType, int status = StatusCodes.Status200OK)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = contentType;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
