namespace RfDetr.Jobs;

/// <summary>Behavior towards a broker.</summary>
internal sealed record BrokerOptions
{
    /// <summary>The time in which a broker that was lost may come back; then the work ends with an error.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The time in which the broker must confirm messages; then they are sent again on a new connection. Some are never
    /// confirmed: those that were under way when a connection was lost, and those that a broker without disk or memory does not
    /// read.
    /// </summary>
    public TimeSpan Confirmation { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Shards in the hands of a worker: the one it computes and those whose images it reads meanwhile.</summary>
    public ushort Prefetch { get; init; } = 2;

    /// <summary>Hears what a person should know: lost connections, foreign messages.</summary>
    public IProgress<string>? Notices { get; init; }
}
