using System.Diagnostics;
using System.Globalization;

namespace RfDetr.Serve;

/// <summary>The facts of a request while it is answered, which the log gets at its end.</summary>
internal sealed class RequestScope
{
    private const int LongestId = 128;
    private static readonly object s_key = new();

    private RequestScope(string id, TimeSpan deadline, BodyBudget budget) => (Id, Limit, Budget) = (id, deadline, budget);

    /// <summary>The id in answer, log and errors: the client's, else one of ours.</summary>
    public string Id { get; }

    /// <summary>The server's memory for bodies.</summary>
    public BodyBudget Budget { get; }

    /// <summary>Timestamp of its arrival.</summary>
    public long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>Time from its arrival to its answer.</summary>
    public TimeSpan Limit { get; private set; }

    /// <summary>Timestamp by which it must be answered.</summary>
    public long Deadline => Started + (long)(Limit.TotalSeconds * Stopwatch.Frequency);

    /// <summary>Time that is left until then.</summary>
    /// <exception cref="ServeException">504: none.</exception>
    public TimeSpan Remaining() =>
        Limit - Stopwatch.GetElapsedTime(Started) is { Ticks: > 0 } left ? left : throw ServeException.Deadline(Limit);

    public Lane Lane { get; private set; }

    /// <summary>The form of its errors.</summary>
    public ErrorStyle ErrorStyle { get; private init; }

    /// <summary>The key that it came with; null where none is needed.</summary>
    public ApiKey? Key { get; set; }

    /// <summary>The name of the model that it uses; only ever a configured name.</summary>
    public string? Model { get; set; }

    public int Images { get; set; }

    public double DecodeMs { get; set; }

    public double QueueMs { get; set; }

    public double RunMs { get; set; }

    public double PostprocessMs { get; set; }

    public int Batch { get; set; }

    public string? ErrorCode { get; set; }

    /// <summary>The cause of a failure, for the log alone.</summary>
    public string? ErrorDetail { get; set; }

    public static RequestScope Of(HttpContext context) => (RequestScope)context.Items[s_key]!;

    /// <summary>Begins a request.</summary>
    public static RequestScope Begin(HttpContext context, RequestLimits limits, BodyBudget budget)
    {
        string asked = context.Request.Headers[HeaderNames.RequestId].ToString();
        bool usable = asked.Length is > 0 and <= LongestId && asked.All(c => c is > ' ' and <= '~');
        var scope = new RequestScope(usable ? asked : Guid.NewGuid().ToString("N"), limits.Deadline, budget)
        {
            ErrorStyle = StyleOf(context.Request.Path),
        };
        context.Items[s_key] = scope;
        return scope;
    }

    /// <summary>Reads the headers that choose time limit and lane.</summary>
    /// <exception cref="ServeException">400: one of them is not what it must be.</exception>
    public void ReadHeaders(HttpRequest request, RequestLimits limits)
    {
        string timeout = request.Headers[HeaderNames.TimeoutMs].ToString();
        if (timeout.Length > 0)
        {
            if (!long.TryParse(timeout, NumberStyles.None, CultureInfo.InvariantCulture, out long ms) || ms < 1
                || ms > limits.MaxDeadline.TotalMilliseconds)
            {
                throw ServeException.BadRequest(ErrorCodes.Parameter, Invariant.Text(
                    $"{HeaderNames.TimeoutMs} is '{ServeException.Shown(timeout)}', expected "
                        + $"1..{limits.MaxDeadline.TotalMilliseconds:0}"));
            }

            Limit = TimeSpan.FromMilliseconds(ms);
        }

        string priority = request.Headers[HeaderNames.Priority].ToString();
        Lane = priority.ToLowerInvariant() switch
        {
            "" or "interactive" => Lane.Interactive,
            "batch" => Lane.Batch,
            _ => throw ServeException.BadRequest(
                ErrorCodes.Parameter,
                $"{HeaderNames.Priority} is '{ServeException.Shown(priority)}', expected interactive or batch"),
        };
    }

    private static ErrorStyle StyleOf(PathString path)
    {
        if (path.StartsWithSegments("/v1/vision", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/v1/server", StringComparison.OrdinalIgnoreCase)
            || path.StartsWithSegments("/v1/status", StringComparison.OrdinalIgnoreCase))
            return ErrorStyle.DeepStack;
        return path.StartsWithSegments("/v2", StringComparison.OrdinalIgnoreCase) ? ErrorStyle.KServe : ErrorStyle.Native;
    }
}

/// <summary>The form of an error's JSON, by the clients of a route.</summary>
internal enum ErrorStyle
{
    /// <summary><c>{"message", "code", "request_id"}</c>, also for Roboflow's clients.</summary>
    Native,

    /// <summary>The same and <c>{"success": false, "error", "predictions": []}</c>.</summary>
    DeepStack,

    /// <summary><c>{"error"}</c> and the same.</summary>
    KServe,
}
