using System.Diagnostics;

namespace RfDetr.Serve;

/// <summary>Runs the network once over entries; throws if that fails.</summary>
internal delegate void RunNetwork(IReadOnlyList<INetworkEntry> entries, CancellationToken cancellationToken);

/// <summary>
/// The queue of one model. Requests are admitted by the wait that is predicted for them, before they are decoded; prepared images
/// wait in two lanes; threads of the batcher's own take what is there and run the network. An idle server adds no delay: batches
/// form while the network is busy.
/// </summary>
internal sealed class MicroBatcher : IDisposable
{
    private const double Weight = 0.1;
    private const int LowerLaneTurn = 8;
    private static readonly TimeSpan s_stuck = TimeSpan.FromSeconds(60);

    private readonly BatchPlan _plan;
    private readonly RunNetwork _run;
    private readonly IBatchObserver _observer;
    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly Queue<BatchEntry>[] _lanes = [new(), new()];
    private int _ahead;
    private int _waiting;
    private int _picks;
    private long _bytes;
    private long _lastProgress = Stopwatch.GetTimestamp();
    private double _secondsPerImage;
    private bool _closed;

    /// <summary>Starts the threads.</summary>
    /// <param name="name">The model, for the threads' names.</param>
    /// <param name="plan">Sizes and limits.</param>
    /// <param name="run">The network.</param>
    /// <param name="observer">Is told of runs.</param>
    /// <param name="secondsPerImage">A first measurement of the network.</param>
    public MicroBatcher(string name, BatchPlan plan, RunNetwork run, IBatchObserver observer, double secondsPerImage)
    {
        (_plan, _run, _observer, _secondsPerImage) = (plan, run, observer, secondsPerImage);
        _threads =
        [
            .. Enumerable.Range(0, plan.Instances).Select(i =>
                new Thread(Work) { IsBackground = true, Name = $"rfdetr {name} {i}" })
        ];
        foreach (Thread thread in _threads)
            thread.Start();
    }

    public BatchPlan Plan => _plan;

    /// <summary>Images that were admitted and are not computed yet.</summary>
    public int Ahead => Volatile.Read(ref _ahead);

    /// <summary>Images in the queue.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Moving average of the time of an image.</summary>
    public double SecondsPerImage => Volatile.Read(ref _secondsPerImage);

    /// <summary>False if images wait and no run has ended for a minute.</summary>
    public bool IsHealthy =>
        Waiting == 0 || Stopwatch.GetElapsedTime(Volatile.Read(ref _lastProgress)) < s_stuck;

    /// <summary>The wait that is predicted for an image that comes now.</summary>
    public TimeSpan PredictedWait => TimeSpan.FromSeconds(Ahead * SecondsPerImage / _plan.Instances);

    /// <summary>Reserves places for the images of a request, all or none.</summary>
    /// <param name="images">Their number.</param>
    /// <param name="remaining">Time until the request's deadline.</param>
    /// <exception cref="ServeException">
    /// 503: the queue is full, or the wait would be longer than the request's time; 413: it never has so many places.
    /// </exception>
    public Admission Admit(int images, TimeSpan remaining)
    {
        lock (_gate)
        {
            TimeSpan wait = PredictedWait;
            if (_closed)
                throw ServeException.Draining();
            if (images > _plan.Queue)
            {
                // Coming again would not help.
                throw new ServeException(
                    StatusCodes.Status413PayloadTooLarge, ErrorCodes.Images,
                    Invariant.Text($"the request has {images} images; the queue takes {_plan.Queue} (--queue)"));
            }

            if (_ahead + images > _plan.Queue)
                throw ServeException.Overloaded(
                    wait, Invariant.Text(
                        $"{_ahead} images are waiting and the request has {images}; the queue takes {_plan.Queue}"));
            if (Interlocked.Read(ref _bytes) >= _plan.QueueBytes)
                throw ServeException.Overloaded(
                    wait, Invariant.Text($"waiting images hold {_bytes} bytes; the limit is {_plan.QueueBytes}"));
            if (wait > remaining)
                throw ServeException.Overloaded(
                    wait, Invariant.Text(
                        $"the predicted wait is {wait.TotalMilliseconds:0} ms, the request has "
                            + $"{remaining.TotalMilliseconds:0} ms"));
            _ahead += images;
            return new Admission(this, images);
        }
    }

    /// <summary>Refuses a request that would not be admitted, before its body is read.</summary>
    /// <exception cref="ServeException">As for <see cref="Admit"/>.</exception>
    public void EnsureRoom(TimeSpan remaining) => Admit(1, remaining).Dispose();

    /// <summary>Puts an admitted image into the queue.</summary>
    /// <param name="entry">The image; freed here from now on.</param>
    /// <param name="gone">The request is over: its client went away, or its time is up.</param>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="gone"/>; an image that waits is taken out at once.
    /// </exception>
    public async Task<RunFacts> RunAsync(BatchEntry entry, CancellationToken gone)
    {
        entry.Queued = Stopwatch.GetTimestamp();
        lock (_gate)
        {
            if (_closed)
            {
                entry.Release();
                throw ServeException.Draining();
            }

            if (_waiting == 0)
                Volatile.Write(ref _lastProgress, entry.Queued); // an idle time is no standstill
            _lanes[(int)entry.Lane].Enqueue(entry);
            _waiting++;
            _bytes += entry.Bytes;
            Monitor.Pulse(_gate);
        }

        using CancellationTokenRegistration leave = gone.Register(() => Abandon(entry, gone));
        return await entry.Completion.ConfigureAwait(false);
    }

    /// <summary>Ends the threads when the queue is empty.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }

        foreach (Thread thread in _threads)
            thread.Join();
    }

    private void Return(int images)
    {
        lock (_gate)
            _ahead -= images;
    }

    private void Abandon(BatchEntry entry, CancellationToken gone)
    {
        bool waited;
        // State and count change together: a thread that gathers must not see an image that waits and that nobody can pick.
        lock (_gate)
        {
            waited = entry.TryAbandon();
            if (waited)
            {
                _waiting--;
                _bytes -= entry.Bytes;
            }
        }

        if (waited)
            entry.Release();
        else
            entry.Batch?.Leave();

        entry.Fail(new OperationCanceledException(gone));
    }

    private void Work()
    {
        var members = new List<BatchEntry>(_plan.MaxBatch);
        while (Gather(members) is { } batch)
        {
            using (batch)
                Run(members, batch);
            members.Clear();
        }
    }

    /// <summary>Waits for entries and takes a batch of them; null when there is nothing left to do.</summary>
    private RunningBatch? Gather(List<BatchEntry> members)
    {
        lock (_gate)
        {
            while (true)
            {
                while (_waiting == 0)
                {
                    if (_closed)
                        return null;
                    Monitor.Wait(_gate);
                }

                WaitForMore();
                int size = _plan.SizeFor(_waiting);
                var batch = new RunningBatch();
                while (members.Count < size && Pick(batch) is { } entry)
                    members.Add(entry);
                batch.Leave();
                Volatile.Write(ref _lastProgress, batch.Started);
                if (members.Count > 0)
                    return batch;
                batch.Dispose();
            }
        }
    }

    // Only where a wait was asked for, and never past the moment at which the earliest request would miss its deadline.
    private void WaitForMore()
    {
        if (_plan.MaxDelay <= TimeSpan.Zero || _plan.MaxBatch == 1)
            return;
        long until = Stopwatch.GetTimestamp() + (long)(_plan.MaxDelay.TotalSeconds * Stopwatch.Frequency);
        while (_waiting > 0 && _waiting < _plan.MaxBatch && !_closed)
        {
            long latest = _lanes.SelectMany(l => l).Where(e => e.IsWaiting).Select(e => e.Deadline).DefaultIfEmpty(until).Min()
                - (long)(_secondsPerImage * _plan.MaxBatch * Stopwatch.Frequency);
            double left = (Math.Min(until, latest) - Stopwatch.GetTimestamp()) * 1000.0 / Stopwatch.Frequency;
            if (left < 1 || !Monitor.Wait(_gate, TimeSpan.FromMilliseconds(left)))
                return;
        }
    }

    /// <summary>The next entry that somebody waits for.</summary>
    private BatchEntry? Pick(RunningBatch batch)
    {
        while (true)
        {
            (Queue<BatchEntry> upper, Queue<BatchEntry> lower) = (_lanes[0], _lanes[1]);
            bool fromLower = lower.Count > 0 && (upper.Count == 0 || (_picks + 1) % LowerLaneTurn == 0);
            if (!(fromLower ? lower : upper).TryDequeue(out BatchEntry? entry))
                return null;
            batch.Join();
            if (!entry.TryStart(batch))
            {
                batch.Unjoin(); // its request is over
                continue;
            }

            _picks++;
            _waiting--;
            _bytes -= entry.Bytes;
            return entry;
        }
    }

    private void Run(List<BatchEntry> members, RunningBatch batch)
    {
        double[] queued = [.. members.Select(m => Stopwatch.GetElapsedTime(m.Queued, batch.Started).TotalMilliseconds)];
        long began = Stopwatch.GetTimestamp();
        Exception? failure = Try(members, batch.Token);
        double ms = StageClock.Ms(began);
        if (failure is null)
        {
            double seconds = ms / 1000 / members.Count;
            Volatile.Write(ref _secondsPerImage, _secondsPerImage + Weight * (seconds - _secondsPerImage));
        }

        Volatile.Write(ref _lastProgress, Stopwatch.GetTimestamp());
        _observer.Ran(members.Count, ms, queued);
        for (int i = 0; i < members.Count; i++)
        {
            var facts = new RunFacts(queued[i], ms, members.Count);
            // A batch that failed says nothing about its members: each runs alone, and only the guilty one fails.
            Exception? own = failure is null || members.Count == 1 || batch.Token.IsCancellationRequested
                ? failure
                : Try([members[i]], batch.Token);
            members[i].Finish();
            if (own is null)
                members[i].Succeed(facts);
            else
                members[i].Fail(own);
        }
    }

    private Exception? Try(IReadOnlyList<BatchEntry> members, CancellationToken cancellation)
    {
        try
        {
            // A run has one parent: that of its first image. One whose request is over is ignored by .NET.
            Activity.Current = members[0].Activity;
            _run(members, cancellation);
            return null;
        }
#pragma warning disable CA1031 // Whatever an engine throws belongs to the request, and must not end the thread that serves all.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return e;
        }
        finally
        {
            Activity.Current = null;
        }
    }

    /// <summary>Places in the queue, given back when the request is over.</summary>
    internal sealed class Admission(MicroBatcher owner, int images) : IDisposable
    {
        private int _images = images;

        public void Dispose() => owner.Return(Interlocked.Exchange(ref _images, 0));
    }
}

/// <summary>Is told of each run of a model.</summary>
internal interface IBatchObserver
{
    /// <summary>The network ran.</summary>
    /// <param name="images">Images of the batch.</param>
    /// <param name="runMs">Milliseconds of the run.</param>
    /// <param name="queuedMs">Milliseconds that each image had waited.</param>
    void Ran(int images, double runMs, IReadOnlyList<double> queuedMs);
}
