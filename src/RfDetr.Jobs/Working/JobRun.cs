namespace RfDetr.Jobs;

/// <summary>Options of a run: the origin of shards, and the end.</summary>
internal sealed record RunOptions
{
    /// <summary>This worker's share where no broker hands out shards.</summary>
    public ShardShare Share { get; init; } = ShardShare.All;

    /// <summary>With a broker: end once every shard has results or was given up, instead of waiting for more.</summary>
    public bool UntilDone { get; init; }

    /// <summary>Time without anything to do after which <see cref="UntilDone"/> looks whether all is done.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Options that belong to this machine.</summary>
    public WorkerOptions Worker { get; init; } = new();
}

/// <summary>Outcome of a run.</summary>
/// <param name="Work">What the worker did.</param>
/// <param name="Repair">What a repair did; null where none was needed.</param>
/// <param name="Status">The job afterwards.</param>
internal sealed record RunOutcome(WorkerSummary Work, RepairSummary? Repair, JobStatus Status);

/// <summary>
/// Works on a job: shards from a broker, or without one from the job itself, with the same files and the same bytes.
/// </summary>
internal static class JobRun
{
    private static readonly TimeSpan s_rare = TimeSpan.FromMinutes(1);

    /// <summary>Works until there is nothing left to do, or until it is asked to stop.</summary>
    /// <param name="destination">The job's destination.</param>
    /// <param name="job">The job.</param>
    /// <param name="detector">Its model.</param>
    /// <param name="broker">Hands out shards; null: this process takes its share by itself.</param>
    /// <param name="options">Share, end, machine.</param>
    /// <param name="events">Gets what happens; null for nobody.</param>
    /// <param name="stop">Asks the worker to stop.</param>
    /// <exception cref="JobException">The destination, the broker or the manifest failed; nothing is lost.</exception>
    public static async Task<RunOutcome> RunAsync(
        Destination destination, JobDefinition job, Detector detector, IJobBroker? broker, RunOptions options,
        IProgress<JobEvent>? events, CancellationToken stop)
    {
        using var metrics = new JobMetrics(job.Name);
        Manifest manifest = await Manifest.OpenAsync(destination.Files, job, stop).ConfigureAwait(false);
        await using IShardResults results = await destination.OpenResults(job, stop).ConfigureAwait(false);
        IProgress<JobEvent> all = new BothEvents(events, broker?.Events(job));
        var worker = new JobWorker(job, manifest, results, detector, options.Worker, all, metrics);
        await using IShardQueue queue = broker is not null
            ? broker.Work(job)
            : new LocalQueue(destination.Files, results, job, options.Share, options.Worker.Worker);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        using var over = new CancellationTokenSource();
        Task looking = broker is not null
            ? LookAsync(broker, destination.Files, results, job, worker, options, end, over.Token)
            : Task.CompletedTask;
        WorkerSummary work;
        try
        {
            work = await worker.RunAsync(queue, end.Token).ConfigureAwait(false);
        }
        finally
        {
            await over.CancelAsync().ConfigureAwait(false);
            await looking.ConfigureAwait(false);
        }

        work = work with { Stopped = stop.IsCancellationRequested };
        RepairSummary? repair = null;
        if (broker is null && !work.Stopped)
        {
            // Without a broker nobody else would: shards that this machine gave up are gone through image by image.
            repair = await new ShardRepair(destination.Files, results, job, manifest, detector, options.Worker, metrics)
                .RunAsync(options.Share, all, stop).ConfigureAwait(false);
            repair = repair.Shards > 0 ? repair : null;
        }

        JobStatus status = await JobStatus.OfAsync(destination.Files, results, job, CancellationToken.None).ConfigureAwait(false);
        return new RunOutcome(work, repair, status);
    }

    /// <summary>Goes through the images of the job's dead shards one by one, those of the broker's included.</summary>
    /// <param name="destination">The job's destination.</param>
    /// <param name="job">The job.</param>
    /// <param name="detector">Its model.</param>
    /// <param name="broker">Has dead shards of its own; null where none handed out shards.</param>
    /// <param name="options">What belongs to this machine.</param>
    /// <param name="cancellationToken">Stops between two images; what was done is kept.</param>
    /// <returns>What was repaired, and the job afterwards.</returns>
    /// <exception cref="JobException">The destination, the broker or the manifest failed; nothing is lost.</exception>
    public static async Task<(RepairSummary Repaired, JobStatus Status)> RepairAsync(
        Destination destination, JobDefinition job, Detector detector, IJobBroker? broker, WorkerOptions options,
        CancellationToken cancellationToken)
    {
        using var metrics = new JobMetrics(job.Name);
        Manifest manifest = await Manifest.OpenAsync(destination.Files, job, cancellationToken).ConfigureAwait(false);
        await using IShardResults results = await destination.OpenResults(job, cancellationToken).ConfigureAwait(false);
        if (broker is not null)
            await BrokerDead.CollectAsync(broker, destination.Files, results, job, cancellationToken).ConfigureAwait(false);
        RepairSummary repaired = await new ShardRepair(destination.Files, results, job, manifest, detector, options, metrics)
            .RunAsync(ShardShare.All, null, cancellationToken).ConfigureAwait(false);
        return (repaired, await JobStatus.OfAsync(destination.Files, results, job, cancellationToken).ConfigureAwait(false));
    }

    // A worker with nothing to do marks the shards that the broker gave up, where status sees them.
    private static async Task LookAsync(
        IJobBroker broker, IJobFiles files, IShardResults results, JobDefinition job, JobWorker worker, RunOptions options,
        CancellationTokenSource end, CancellationToken over)
    {
        TimeSpan look = options.UntilDone ? options.Look : s_rare;
        try
        {
            while (true)
            {
                await Task.Delay(look, over).ConfigureAwait(false);
                if (worker.Idle is not { } idle || idle < look)
                    continue;
                try
                {
                    await BrokerDead.CollectAsync(broker, files, results, job, over).ConfigureAwait(false);
                }
                catch (Exception e) when (e is JobException || BrokerConnection.IsLost(e))
                {
                    continue; // the queue itself knows best how long to wait for a broker
                }

                if (!options.UntilDone)
                    continue;
                JobStatus status = await JobStatus.OfAsync(files, results, job, over).ConfigureAwait(false);
                if (status.ShardsDone + status.ShardsDead < job.Shards)
                    continue;
                await end.CancelAsync().ConfigureAwait(false);
                return;
            }
        }
        catch (OperationCanceledException)
        {
            // The worker ended first.
        }
    }

    private sealed class BothEvents(IProgress<JobEvent>? first, IProgress<JobEvent>? second) : IProgress<JobEvent>
    {
        public void Report(JobEvent value)
        {
            first?.Report(value);
            second?.Report(value);
        }
    }
}
