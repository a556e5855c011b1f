using System.Text.Json;

namespace RfDetr.Serve;

/// <summary>One line of JSON for each request. Keys never come into it: the query is left out.</summary>
internal sealed class AccessLog(TextWriter? writer, TimeProvider clock)
{
    private readonly object _gate = new();

    public void Write(HttpContext context, RequestScope scope, TimeSpan took)
    {
        if (writer is null)
            return;
        var line = new AccessLine
        {
            Time = clock.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture),
            Id = scope.Id,
            Key = scope.Key?.Name,
            Method = context.Request.Method,
            Route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "none",
            Model = scope.Model,
            Images = scope.Images,
            Status = context.Response.StatusCode,
            BytesIn = context.Request.ContentLength,
            BytesOut = context.Response.ContentLength,
            TotalMs = Round(took.TotalMilliseconds),
            DecodeMs = Round(scope.DecodeMs),
            QueueMs = Round(scope.QueueMs),
            RunMs = Round(scope.RunMs),
            PostMs = Round(scope.PostprocessMs),
            Batch = scope.Batch,
            Error = scope.ErrorCode,
            Detail = scope.ErrorDetail,
        };
        string text = JsonSerializer.Serialize(line, ServeJson.Default.AccessLine);
        lock (_gate)
        {
            writer.WriteLine(text);
            writer.Flush();
        }
    }

    private static double Round(double ms) => Math.Round(ms, 3);
}

/// <summary>A line of the log.</summary>
internal sealed record AccessLine
{
    public required string Time { get; init; }

    public required string Id { get; init; }

    public string? Key { get; init; }

    public required string Method { get; init; }

    public required string Route { get; init; }

    public string? Model { get; init; }

    public int Images { get; init; }

    public int Status { get; init; }

    public long? BytesIn { get; init; }

    public long? BytesOut { get; init; }

    public double TotalMs { get; init; }

    public double DecodeMs { get; init; }

    public double QueueMs { get; init; }

    public double RunMs { get; init; }

    public double PostMs { get; init; }

    public int Batch { get; init; }

    public string? Error { get; init; }

    public string? Detail { get; init; }
}
