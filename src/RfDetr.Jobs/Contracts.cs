namespace RfDetr.Jobs;

/// <summary>A file of a destination.</summary>
/// <param name="Path">Its path within the destination, with slashes.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Modified">When it was written.</param>
internal readonly record struct JobFile(string Path, long Bytes, DateTimeOffset Modified);

/// <summary>
/// A small object store: a folder or a bucket. Files are whole or not there, whoever dies. Safe for any number of threads.
/// </summary>
internal interface IJobFiles : IAsyncDisposable
{
    /// <summary>The destination as users name it, without passwords.</summary>
    string Name { get; }

    /// <summary>Writes a file unless it is there; of several writers exactly one is first.</summary>
    /// <returns>False if it was there already.</returns>
    Task<bool> PutIfAbsentAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>As <see cref="PutIfAbsentAsync"/>, for files that memory should not hold.</summary>
    Task<bool> PutFileIfAbsentAsync(string path, string localFile, CancellationToken cancellationToken);

    /// <summary>Writes a file in place of an older one; for pages and the like, never for results.</summary>
    Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>A file or a part of it; null if it is not there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="offset">The first byte.</param>
    /// <param name="length">Bytes to read, fewer where the file ends; null: to its end.</param>
    /// <param name="cancellationToken">Stops reading.</param>
    Task<byte[]?> ReadAsync(string path, long offset, int? length, CancellationToken cancellationToken);

    Task<bool> ExistsAsync(string path, CancellationToken cancellationToken);

    /// <summary>Removes a file; nothing happens if it is not there. For marks, never for results.</summary>
    Task DeleteAsync(string path, CancellationToken cancellationToken);

    /// <summary>The files whose path begins so, in no particular order; <paramref name="prefix"/> ends with a slash.</summary>
    IAsyncEnumerable<JobFile> ListAsync(string prefix, CancellationToken cancellationToken);
}

/// <summary>The results of a job: each shard's once, whoever writes. Safe for any number of threads.</summary>
internal interface IShardResults : IAsyncDisposable
{
    Task<bool> HasAsync(ShardRef shard, CancellationToken cancellationToken);

    /// <summary>The indices of all shards that have results, in no particular order.</summary>
    IAsyncEnumerable<int> DoneAsync(CancellationToken cancellationToken);

    /// <summary>Adds the results of a shard, all or nothing.</summary>
    /// <returns>False if another worker was first: then its results stay, and these are forgotten.</returns>
    Task<bool> AddAsync(ShardResult result, CancellationToken cancellationToken);

    /// <summary>Counts in memory that does not grow with the results' size.</summary>
    Task<ShardTotals> TotalsAsync(CancellationToken cancellationToken);

    /// <summary>The results of a share of the shards, in their order; one at a time in memory.</summary>
    IAsyncEnumerable<ShardResult> ReadAsync(ShardShare share, CancellationToken cancellationToken);
}

/// <summary>A shard that this worker has to do.</summary>
internal interface IShardLease
{
    ShardRef Shard { get; }

    JobDefinition Job { get; }

    /// <summary>The results are kept: the shard is never handed out again.</summary>
    Task DoneAsync();

    /// <summary>This worker will not do it: another one may.</summary>
    Task GiveBackAsync();
}

/// <summary>Hands out shards.</summary>
internal interface IShardQueue : IAsyncDisposable
{
    /// <summary>
    /// Shards one after the other; the next is asked for before the last is done, so that its images can be read meanwhile. Ends
    /// when there is nothing left to do; where shards may still come, it waits for them until it is canceled.
    /// </summary>
    IAsyncEnumerable<IShardLease> LeasesAsync(CancellationToken cancellationToken);
}

/// <summary>Puts shards into a queue that workers on other machines take them from.</summary>
internal interface IShardPublisher : IAsyncDisposable
{
    /// <summary>Publishes the shards, each confirmed by the broker.</summary>
    /// <returns>Their number.</returns>
    Task<long> PublishAsync(
        JobDefinition job, IEnumerable<ShardRef> shards, IProgress<long>? progress, CancellationToken cancellationToken);
}

/// <summary>A message broker with the queues of a job.</summary>
internal interface IJobBroker : IAsyncDisposable
{
    /// <summary>The shards that wait for workers.</summary>
    IShardQueue Work(JobDefinition job);

    /// <summary>The shards that used up their deliveries; ends when none is left.</summary>
    IShardQueue Dead(JobDefinition job);

    IShardPublisher Publisher();

    /// <summary>Sends events to whoever listens; never blocks and never fails the work.</summary>
    IProgress<JobEvent> Events(JobDefinition job);

    /// <summary>The events of all workers of a job, as they come; some may come twice.</summary>
    /// <param name="job">The job.</param>
    /// <param name="fromBeginning">True for all that the broker still has, false for those to come.</param>
    /// <param name="cancellationToken">Ends the reading, which has no end of its own.</param>
    IAsyncEnumerable<JobEvent> ReadEventsAsync(JobDefinition job, bool fromBeginning, CancellationToken cancellationToken);
}

/// <summary>A kind of event.</summary>
internal enum JobEventKind
{
    Started,
    ShardDone,
    ShardGivenBack,
    Heartbeat,
    Stopped,
}

/// <summary>An event of a worker, for displays; progress is counted from results, never from events.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Worker">The worker.</param>
/// <param name="Time">When.</param>
/// <param name="Images">Images of this worker so far.</param>
/// <param name="Failed">Failed images of this worker so far.</param>
/// <param name="ImagesPerSecond">This worker's rate since it began.</param>
/// <param name="Shard">The shard; null where none is meant.</param>
internal sealed record JobEvent(
    JobEventKind Kind, string Worker, DateTimeOffset Time, long Images, long Failed, double ImagesPerSecond, int? Shard = null);

/// <summary>Images named by one source: a folder, a pattern, a list, a COCO file, a prefix of a bucket.</summary>
internal interface IJobSource
{
    /// <summary>The images in any order; memory does not grow with their number.</summary>
    IAsyncEnumerable<JobImage> ImagesAsync(CancellationToken cancellationToken);
}

/// <summary>A destination: the files of a job, and what opens its results once the job is known.</summary>
/// <param name="Files">Manifest, marks, report.</param>
/// <param name="OpenResults">Opens the rows: files beside the manifest, or tables of a database.</param>
internal sealed record Destination(IJobFiles Files, Func<JobDefinition, CancellationToken, Task<IShardResults>> OpenResults)
    : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Files.DisposeAsync();
}

/// <summary>A failure of a job: its destination, its broker, its manifest.</summary>
/// <param name="message">Names the thing, both values and the cure.</param>
/// <param name="inner">The cause.</param>
internal sealed class JobException(string message, Exception? inner = null) : RfDetrException(message, inner);
