namespace RfDetr;

/// <summary>An engine that knows how much memory it takes.</summary>
internal interface IMeasuredEngine
{
    /// <summary>Bytes of the weights and of the buffers of <paramref name="runs"/> runs of a batch; 0 if unknown.</summary>
    long MemoryBytes(int batch, int runs);
}

/// <summary>
/// An engine that is disposed when its owner has let it go and the last run has been given back, so that disposing never pulls
/// memory away from a call.
/// </summary>
internal sealed class SharedEngine(INetworkEngine engine) : INetworkEngine, IMeasuredEngine
{
    // The owner counts as one user; at 0 the engine is gone.
    private int _users = 1;
    private int _released;

    public string Description => engine.Description;

    public NetworkContract Contract => engine.Contract;

    /// <summary>The threads of our own engine, where each of as many runs takes one of them; null for other engines.</summary>
    public int? ThreadsOfOwn => (engine as CpuEngine)?.Threads;

    public long MemoryBytes(int batch, int runs) => (engine as IMeasuredEngine)?.MemoryBytes(batch, runs) ?? 0;

    public INetworkRun Rent(int batch)
    {
        Enter();
        try
        {
            return new Run(this, engine.Rent(batch));
        }
        catch
        {
            Leave();
            throw;
        }
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _released, 1) == 0)
            Leave();
    }

    private void Enter()
    {
        int users = Volatile.Read(ref _users);
        while (true)
        {
            ObjectDisposedException.ThrowIf(users == 0 || Volatile.Read(ref _released) != 0, typeof(Detector));
            int seen = Interlocked.CompareExchange(ref _users, users + 1, users);
            if (seen == users)
                return;
            users = seen;
        }
    }

    private void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            engine.Dispose();
    }

    private sealed class Run(SharedEngine owner, INetworkRun run) : INetworkRun
    {
        private int _returned;

        public Span<float> Input(int image) => run.Input(image);

        public void Execute(CancellationToken cancellationToken) => run.Execute(cancellationToken);

        public ReadOnlySpan<float> Output(string name, int image) => run.Output(name, image);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _returned, 1) != 0)
                return;
            run.Dispose();
            owner.Leave();
        }
    }
}
