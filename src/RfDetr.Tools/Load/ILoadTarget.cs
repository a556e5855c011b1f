namespace RfDetr.Tools;

/// <summary>The receiver of requests.</summary>
internal interface ILoadTarget
{
    /// <summary>Sends a request and waits for the whole answer; failures are answers too.</summary>
    /// <param name="index">Number of the request in its step.</param>
    /// <param name="patience">The longest wait for the answer.</param>
    /// <param name="cancellation">Ends the measurement.</param>
    Task<LoadAnswer> SendAsync(int index, TimeSpan patience, CancellationToken cancellation);
}

/// <summary>The end of a request.</summary>
/// <param name="Outcome">The status, or a word of <see cref="LoadOutcomes"/>.</param>
/// <param name="TellsWhenToRetry">True if the answer has <c>Retry-After</c>.</param>
internal readonly record struct LoadAnswer(string Outcome, bool TellsWhenToRetry = false)
{
    public bool IsSuccess => Outcome is ['2', _, _];

    /// <summary>True if the server said that it is too busy.</summary>
    public bool IsRefusal => Outcome is "429" or "503";
}

/// <summary>Names of what happens beside statuses.</summary>
internal static class LoadOutcomes
{
    /// <summary>No answer within the time-out.</summary>
    public const string Timeout = "timeout";

    /// <summary>No connection, or one that broke.</summary>
    public const string Connection = "connection";

    /// <summary>Not sent: no place among the requests in flight became free within the time-out.</summary>
    public const string NotSent = "not_sent";
}
