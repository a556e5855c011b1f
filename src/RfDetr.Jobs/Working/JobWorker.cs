using System.Collections.Concurrent;
using System.Diagnostics;

namespace RfDetr.Jobs;

/// <summary>
/// A worker: takes shards from a queue, whichever it is, runs the detector over their images and adds the rows to the results,
/// whichever they are. Images of the next shard are read and decoded while the network runs for this one, and rows are written
/// meanwhile too. A failed image is a row; a failure of anything else gives the shards in hand back and ends the worker.
/// </summary>
/// <remarks>One run per instance.</remarks>
internal sealed class JobWorker
{
    // A network or a decoder that does not heed its cancellation is left behind: the process ends anyway.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(5);

    // Shards whose images are read before the current one is done: the next one.
    private const int MostInHand = 2;

    private readonly JobDefinition _job;
    private readonly Manifest _manifest;
    private readonly IShardResults _results;
    private readonly Detector _detector;
    private readonly WorkerOptions _options;
    private readonly IProgress<JobEvent>? _events;
    private readonly JobMetrics _metrics;
    private readonly ConcurrentQueue<ShardWork> _inHand = new();
    private readonly SemaphoreSlim _room = new(MostInHand);
    private readonly long _start = Stopwatch.GetTimestamp();
    private readonly int _batch;
    private Task _finishing = Task.CompletedTask;
    private ShardWork? _finishingWork;
    private long _images, _failed, _objects, _lastProgress = Stopwatch.GetTimestamp();
    private int _shards, _alreadyDone;

    /// <summary>A worker that has taken nothing yet.</summary>
    /// <param name="job">The job.</param>
    /// <param name="manifest">Its images.</param>
    /// <param name="results">Where rows go.</param>
    /// <param name="detector">The job's model with its options; stays the caller's.</param>
    /// <param name="options">What belongs to this machine.</param>
    /// <param name="events">Gets what happens; null for nobody.</param>
    /// <param name="metrics">Counts what happens; stays the caller's.</param>
    public JobWorker(
        JobDefinition job, Manifest manifest, IShardResults results, Detector detector, WorkerOptions options,
        IProgress<JobEvent>? events, JobMetrics metrics)
    {
        options.Validate();
        (_job, _manifest, _results, _detector, _options) = (job, manifest, results, detector, options);
        (_events, _metrics) = (events, metrics);
        _batch = options.Batch ?? detector.PreferredBatch;
    }

    /// <summary>The program's version, as rows' companions name it.</summary>
    public static string Version { get; } = ProgramVersion.Of(typeof(JobWorker));

    /// <summary>Works until the queue ends or the worker is asked to stop.</summary>
    /// <param name="queue">Hands out shards.</param>
    /// <param name="stop">Asks the worker to stop: it finishes its shard within the grace, or gives it back.</param>
    /// <exception cref="JobException">
    /// The destination is full, the manifest has changed, nothing can be read, or an image hangs; what was in hand is given back.
    /// </exception>
    public async Task<WorkerSummary> RunAsync(IShardQueue queue, CancellationToken stop)
    {
        using var hard = new CancellationTokenSource();
        using CancellationTokenRegistration grace = stop.Register(() => hard.CancelAfter(_options.Grace));
        using var end = new CancellationTokenSource();
        using var asking = CancellationTokenSource.CreateLinkedTokenSource(stop, hard.Token);
        Report(JobEventKind.Started);
        Task<Exception> watch = WatchAsync(hard, end.Token);
        Task work = Task.Run(() => WorkAsync(queue, stop, asking.Token, hard.Token), CancellationToken.None);
        try
        {
            if (await Task.WhenAny(work, watch).ConfigureAwait(false) == watch)
            {
                Exception failure = await watch.ConfigureAwait(false);
                await hard.CancelAsync().ConfigureAwait(false);
                await Task.WhenAny(work, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
                throw failure;
            }

            await work.ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The grace is over: what is in hand goes back below.
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await GiveBackAsync().ConfigureAwait(false);
            Report(JobEventKind.Stopped);
        }

        return new WorkerSummary(
            _shards, _images, _failed, _objects, _alreadyDone, stop.IsCancellationRequested, Elapsed);
    }

    /// <summary>Time since the last image was finished, or the last shard handed out; null while there is work in hand.</summary>
    public TimeSpan? Idle => _inHand.IsEmpty && _finishing.IsCompleted
        ? Stopwatch.GetElapsedTime(Volatile.Read(ref _lastProgress))
        : null;

    private double Elapsed => Stopwatch.GetElapsedTime(_start).TotalSeconds;

    private async Task WorkAsync(IShardQueue queue, CancellationToken stop, CancellationToken asking, CancellationToken hard)
    {
        var stream = new StreamOptions { Batch = _batch, Ahead = _options.Ahead };
        stream.Validate();
        using var ask = CancellationTokenSource.CreateLinkedTokenSource(asking);
        IEnumerable<IReadOnlyList<ImageSource>> groups = Groups(queue, ask.Token);
        IAsyncEnumerable<ImageOutcome> outcomes =
            DetectionStream.RunAsync(_detector, groups, _job.Options.ToDetectOptions(), stream, hard);
        await foreach (ImageOutcome outcome in outcomes.ConfigureAwait(false))
        {
            bool goesOn = false;
            try
            {
                goesOn = await StepAsync(outcome, stop).ConfigureAwait(false);
            }
            finally
            {
                // Leaving the loop waits for the groups, which may be waiting for a message.
                if (!goesOn)
                    await ask.CancelAsync().ConfigureAwait(false);
            }

            if (!goesOn)
                break;
        }

        await _finishing.ConfigureAwait(false);
    }

    /// <summary>Takes an outcome; false if the worker ends here.</summary>
    private async Task<bool> StepAsync(ImageOutcome outcome, CancellationToken stop)
    {
        if (!_inHand.TryPeek(out ShardWork? work))
            throw new InvalidOperationException("an image came that no shard has");
        if (_finishing.IsFaulted || (stop.IsCancellationRequested && work.Done == 0))
            return false; // a shard that was not begun goes to somebody else
        Take(work, outcome);
        if (!work.IsFull)
            return true;
        await _finishing.ConfigureAwait(false); // one at a time
        _ = _inHand.TryDequeue(out _);
        Current?.Begin();
        _finishingWork = work;
        _finishing = Task.Run(() => FinishAsync(work), CancellationToken.None);
        return !stop.IsCancellationRequested;
    }

    private void Take(ShardWork work, ImageOutcome outcome)
    {
        work.Add(outcome);
        _metrics.ImageDone(outcome.Result?.Items.Count);
        Volatile.Write(ref _lastProgress, Stopwatch.GetTimestamp());
    }

    private async Task FinishAsync(ShardWork work)
    {
        if (work.NoneIsReadable && !_options.AllowMissing)
        {
            throw new JobException(
                $"no image of {work.Shard.Name} can be read (the first: {work.FirstError}); is the storage there? The shard was "
                + "given back. If the images are gone for good: --allow-missing");
        }

        ShardResult result = work.ToResult(_options.Worker);
        bool added = await _results.AddAsync(result, CancellationToken.None).ConfigureAwait(false);
        await work.Lease.DoneAsync().ConfigureAwait(false);
        _finishingWork = null;
        _metrics.Released(added ? "done" : "already_done", added ? work.Seconds : null);
        if (added)
        {
            Interlocked.Increment(ref _shards);
            Interlocked.Add(ref _images, result.Meta!.Images);
            Interlocked.Add(ref _failed, result.Failed);
            Interlocked.Add(ref _objects, result.Meta.Objects);
        }
        else
        {
            Interlocked.Increment(ref _alreadyDone);
        }

        _room.Release();
        Report(JobEventKind.ShardDone, work.Shard.Index);
    }

    // Taken by the stream on the thread pool, ahead of the network: waiting for a message here blocks nothing else. Groups end
    // with their shard, so that the last images of one never wait for the first of the next.
    private IEnumerable<IReadOnlyList<ImageSource>> Groups(IShardQueue queue, CancellationToken asking)
    {
        IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(asking).GetAsyncEnumerator(CancellationToken.None);
        try
        {
            while (Next(leases, asking) is { } work)
            {
                foreach (ImageSource[] group in work.Images.Select(Destinations.ImageOf).Chunk(_batch))
                {
                    if (asking.IsCancellationRequested && work.Work != Current)
                        yield break;
                    yield return group;
                }
            }
        }
        finally
        {
            leases.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private ShardWork? Current => _inHand.TryPeek(out ShardWork? work) ? work : null;

    private (ShardWork Work, IReadOnlyList<JobImage> Images)? Next(
        IAsyncEnumerator<IShardLease> leases, CancellationToken asking)
    {
        try
        {
            return NextAsync(leases, asking).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (asking.IsCancellationRequested)
        {
            return null;
        }
    }

    private async Task<(ShardWork Work, IReadOnlyList<JobImage> Images)?> NextAsync(
        IAsyncEnumerator<IShardLease> leases, CancellationToken asking)
    {
        await _room.WaitAsync(asking).ConfigureAwait(false);
        while (!asking.IsCancellationRequested && await leases.MoveNextAsync().ConfigureAwait(false))
        {
            IShardLease lease = leases.Current;
            _metrics.Leased();
            try
            {
                if (Identity(lease.Job) != Identity(_job))
                {
                    throw new JobException(
                        $"the queue handed out a shard of {Identity(lease.Job)}; this worker has {Identity(_job)}: submit again, "
                        + "or start a worker of that job");
                }

                if (await _results.HasAsync(lease.Shard, asking).ConfigureAwait(false))
                {
                    await lease.DoneAsync().ConfigureAwait(false);
                    _metrics.Released("already_done");
                    Interlocked.Increment(ref _alreadyDone);
                    continue;
                }

                IReadOnlyList<JobImage> images = await _manifest.ReadAsync(lease.Shard, asking).ConfigureAwait(false);
                var work = new ShardWork(lease, images);
                Volatile.Write(ref _lastProgress, Stopwatch.GetTimestamp());
                _inHand.Enqueue(work);
                return (work, images);
            }
            catch
            {
                await lease.GiveBackAsync().ConfigureAwait(false);
                _metrics.Released("given_back");
                throw;
            }
        }

        return null;
    }

    private static string Identity(JobDefinition job) =>
        $"job '{job.Name}' (manifest {job.ManifestSha256}, model {job.ModelSha256}, options {job.OptionsSha256})";

    private async Task GiveBackAsync()
    {
        await Task.WhenAny(_finishing, Task.Delay(s_patience, CancellationToken.None)).ConfigureAwait(false);
        List<ShardWork> left = [.. _inHand];
        _inHand.Clear();
        if (_finishingWork is { } failed && _finishing.IsCompleted)
            left.Add(failed);
        foreach (ShardWork work in left)
        {
            try
            {
                await work.Lease.GiveBackAsync().ConfigureAwait(false);
            }
            catch (Exception e) when (e is IOException or RfDetrException or UnauthorizedAccessException)
            {
                // The broker or the disk is gone: leases end with the connection, marks are looked at again.
            }

            _metrics.Released("given_back");
            Report(JobEventKind.ShardGivenBack, work.Shard.Index);
        }
    }

    /// <summary>Reports signs of life, and ends with a failure if no image is finished for too long.</summary>
    private async Task<Exception> WatchAsync(CancellationTokenSource hard, CancellationToken end)
    {
        var tick = TimeSpan.FromTicks(
            Math.Min(Math.Min(_options.Heartbeat.Ticks, _options.Stall.Ticks), TimeSpan.TicksPerSecond));
        using var timer = new PeriodicTimer(tick);
        long lastBeat = Stopwatch.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(end).ConfigureAwait(false))
            {
                if (Stopwatch.GetElapsedTime(lastBeat) >= _options.Heartbeat - TimeSpan.FromMilliseconds(50))
                {
                    lastBeat = Stopwatch.GetTimestamp();
                    Report(JobEventKind.Heartbeat, Current?.Shard.Index);
                }

                if (Current is { } work && Stopwatch.GetElapsedTime(Volatile.Read(ref _lastProgress)) > _options.Stall)
                {
                    return new JobException(Invariant.Text(
                        $"no image was finished for {_options.Stall.TotalSeconds:0.#} s; {work.Shard.Name} hangs at ")
                        + $"'{work.Current.Id}' and was given back; allow more time with --stall, or look at the image");
                }

                if (hard.IsCancellationRequested)
                {
                    await Task.Delay(s_patience, end).ConfigureAwait(false);
                    return new OperationCanceledException("the worker's grace is over", hard.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The work is done.
        }

        return await new TaskCompletionSource<Exception>().Task.ConfigureAwait(false);
    }

    private void Report(JobEventKind kind, int? shard = null)
    {
        double seconds = Elapsed;
        long images = Interlocked.Read(ref _images);
        _events?.Report(new JobEvent(
            kind, _options.Worker, TimeProvider.System.GetUtcNow(), images, Interlocked.Read(ref _failed),
            seconds > 0 ? Math.Round(images / seconds, 2) : 0, shard));
    }
}
