using RfDetr.Model;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Cli.Engines;

/// <summary>
/// Runs a checkpoint's network on libtorch, exactly as training evaluates it. Callers wait for each other: libtorch takes one at
/// a time.
/// </summary>
internal sealed class TorchEngine : INetworkEngine
{
    private readonly TorchBackend _backend;
    private readonly NetworkRunner _runner;
    private readonly Lock _one = new();

    private TorchEngine(TorchBackend backend, RfDetrNetwork network, NetworkContract contract)
    {
        (_backend, _runner, Contract) = (backend, new NetworkRunner(network, backend), contract);
        Description =
            $"libtorch {TorchRuntime.Version}, {TorchRuntime.Threads} {(TorchRuntime.Threads == 1 ? "thread" : "threads")}";
    }

    public string Description { get; }

    public NetworkContract Contract { get; }

    /// <summary>Makes such an engine for a detector.</summary>
    /// <param name="threads">Threads of one run; 0 leaves libtorch's own choice.</param>
    /// <remarks>The factory throws <see cref="TorchMissingException"/> where there is no libtorch.</remarks>
    public static EngineFactory Factory(int threads) => package =>
    {
        if (package is not CheckpointPackage model)
            throw new ArgumentException(
                $"'{package.Reference}' is an ONNX file, which only ONNX Runtime runs; libtorch takes checkpoints");
        var backend = new TorchBackend(new TorchBackendOptions { TrainableParameters = false });
        try
        {
            if (threads > 0)
                TorchRuntime.Threads = threads;
            return new TorchEngine(backend, new RfDetrNetwork(model.Weights(backend), model.Config), model.Contract());
        }
        catch
        {
            backend.Dispose();
            throw;
        }
    };

    public INetworkRun Rent(int batch) => new Run(this, batch);

    public void Dispose() => _backend.Dispose();

    private sealed class Run(TorchEngine engine, int batch) : INetworkRun
    {
        private readonly NetworkContract _contract = engine.Contract;
        private readonly float[] _input = GC.AllocateUninitializedArray<float>(checked(batch * engine.Contract.InputLength));
        private NetworkAnswer? _answer;

        public Span<float> Input(int image) => Part(_input, image, _contract.InputLength);

        public void Execute(CancellationToken cancellationToken)
        {
            lock (engine._one)
            {
                cancellationToken.ThrowIfCancellationRequested();
                _answer = engine._runner.Run(_input, batch, _contract.Height, _contract.Width);
            }
        }

        public ReadOnlySpan<float> Output(string name, int image) => Answer.Output(name, image);

        public void Dispose() => _answer = null;

        private NetworkAnswer Answer => _answer ?? throw new InvalidOperationException("the run has not been executed");

        private static Span<float> Part(float[] values, int image, int length) => values.AsSpan(image * length, length);
    }
}
