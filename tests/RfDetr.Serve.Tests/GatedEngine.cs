namespace RfDetr.Serve.Tests;

/// <summary>The built-in model behind a gate: a test decides when a run goes on, and counts what ran.</summary>
internal sealed class EngineGate
{
    private readonly SemaphoreSlim _steps = new(0);
    private volatile bool _isOpen = true;
    private int _images, _waiting;

    /// <summary>Images that the network saw.</summary>
    public int Images => Volatile.Read(ref _images);

    /// <summary>Runs that stand at the gate.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Runs wait for it and do not listen to anybody; null for none.</summary>
    public ManualResetEventSlim? Stuck { get; set; }

    /// <summary>A pause in each run.</summary>
    public TimeSpan Delay { get; set; }

    public Engine Engine => new Engine.Custom(package => new Gated(new Engine.Cpu { Threads = 1 }.Start(package), this));

    public void Close() => _isOpen = false;

    public void Open()
    {
        _isOpen = true;
        _steps.Release(1000);
    }

    public async Task UntilWaitingAsync()
    {
        for (int i = 0; i < 3000 && Waiting == 0; i++)
            await Task.Delay(10);
        Waiting.ShouldBeGreaterThan(0, "no run came to the gate");
    }

    private void Pass(int images, CancellationToken cancellation)
    {
        if (Delay > TimeSpan.Zero)
            Thread.Sleep(Delay);
        if (Stuck is { } stuck)
        {
            Interlocked.Increment(ref _waiting);
            stuck.Wait(CancellationToken.None);
            Interlocked.Decrement(ref _waiting);
        }

        if (!_isOpen)
        {
            Interlocked.Increment(ref _waiting);
            try
            {
                _steps.Wait(cancellation);
                cancellation.ThrowIfCancellationRequested(); // an open gate and a canceled run may come together
            }
            finally
            {
                Interlocked.Decrement(ref _waiting);
            }
        }

        Interlocked.Add(ref _images, images);
    }

    private sealed class Gated(INetworkEngine inner, EngineGate gate) : INetworkEngine
    {
        public string Description => "gated " + inner.Description;

        public NetworkContract Contract => inner.Contract;

        public INetworkRun Rent(int batch) => new Run(inner.Rent(batch), batch, gate);

        public void Dispose() => inner.Dispose();
    }

    private sealed class Run(INetworkRun inner, int batch, EngineGate gate) : INetworkRun
    {
        public Span<float> Input(int image) => inner.Input(image);

        public void Execute(CancellationToken cancellationToken)
        {
            gate.Pass(batch, cancellationToken);
            inner.Execute(cancellationToken);
        }

        public ReadOnlySpan<float> Output(string name, int image) => inner.Output(name, image);

        public void Dispose() => inner.Dispose();
    }
}
