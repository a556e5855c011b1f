namespace RfDetr.Serve;

/// <summary>An answer other than success: a status, a word for programs and a sentence for people.</summary>
internal sealed class ServeException : RfDetrException
{
    public ServeException(int status, string code, string message, TimeSpan? retryAfter = null)
        : base(message) => (Status, Code, RetryAfter) = (status, code, retryAfter);

    /// <summary>The status of HTTP.</summary>
    public int Status { get; }

    /// <summary>The word in the answer's <c>code</c>.</summary>
    public string Code { get; }

    /// <summary>When it is worth another try.</summary>
    public TimeSpan? RetryAfter { get; }

    /// <summary>More about the cause, for the log alone.</summary>
    public string? Detail { get; init; }

    public static ServeException BadRequest(string code, string message) => new(StatusCodes.Status400BadRequest, code, message);

    public static ServeException NoModel(string id, IEnumerable<string> known) => new(
        StatusCodes.Status404NotFound, ErrorCodes.Model,
        $"there is no model '{Shown(id)}' here; there are {string.Join(", ", known)}. A model is named when the server is "
            + "started (--model); nothing is downloaded on request");

    public static ServeException Overloaded(TimeSpan wait, string message) =>
        new(StatusCodes.Status503ServiceUnavailable, ErrorCodes.Overloaded, message, wait);

    public static ServeException Loading(string id) => new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Loading, $"the model '{Shown(id)}' is being loaded",
        TimeSpan.FromSeconds(1));

    public static ServeException Draining() => new(
        StatusCodes.Status503ServiceUnavailable, ErrorCodes.Draining, "the server is about to stop", TimeSpan.FromSeconds(1));

    public static ServeException Deadline(TimeSpan limit) => new(
        StatusCodes.Status504GatewayTimeout, ErrorCodes.Deadline,
        Invariant.Text($"there was no result within {limit.TotalMilliseconds:0} ms; the request may ask for more time "
            + $"({HeaderNames.TimeoutMs})"));

    public static ServeException BodyTooLarge(long limit) => new(
        StatusCodes.Status413PayloadTooLarge, ErrorCodes.Bytes, Invariant.Text($"the body is larger than {limit} bytes"));

    /// <summary>Text of a client's that is shown back to it: short, and without control characters.</summary>
    public static string Shown(string text)
    {
        string visible = string.Concat(text.Select(c => char.IsControl(c) ? '?' : c));
        return visible.Length <= 80 ? visible : visible[..80] + "…";
    }
}

/// <summary>Words for programs in errors.</summary>
internal static class ErrorCodes
{
    public const string Body = "body";
    public const string Bytes = "too_many_bytes";
    public const string Pixels = "too_many_pixels";
    public const string Images = "too_many_images";
    public const string Parameter = "parameter";
    public const string Image = "image";
    public const string Address = "address";
    public const string Key = "key";
    public const string Right = "right";
    public const string Model = "model";
    public const string Route = "route";
    public const string Method = "method";
    public const string Type = "content_type";
    public const string Rate = "rate";
    public const string Overloaded = "overloaded";
    public const string Loading = "loading";
    public const string Draining = "draining";
    public const string Deadline = "deadline";
    public const string Memory = "memory";
    public const string Network = "network";
    public const string Internal = "internal";
    public const string Headers = "headers";
}

/// <summary>Headers of our own and of clients.</summary>
internal static class HeaderNames
{
    public const string RequestId = "X-Request-Id";
    public const string TimeoutMs = "X-Timeout-Ms";
    public const string Priority = "X-Priority";
    public const string ApiKey = "X-Api-Key";
    public const string ProcessingTime = "X-Processing-Time";
    public const string ModelId = "X-Model-Id";
    public const string ModelColdStart = "X-Model-Cold-Start";
    public const string ModelLoadTime = "X-Model-Load-Time";
    public const string InferenceHeaderLength = "Inference-Header-Content-Length";
}
