using System.Collections.Concurrent;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Runs a model in ONNX Runtime, with buffers that are reused from run to run.</summary>
internal sealed class OnnxEngine : INetworkEngine
{
    private readonly OnnxSession _session;
    private readonly DetectionContract _names;
    private readonly ConcurrentDictionary<int, ConcurrentBag<OnnxRun>> _idle = new();
    private volatile bool _disposed;

    public OnnxEngine(OnnxSession session, DetectionContract names, NetworkContract contract)
    {
        (_session, _names, Contract) = (session, names, contract);
        Description = $"ONNX Runtime {session.Runtime.Version}";
    }

    public string Description { get; }

    public NetworkContract Contract { get; }

    public INetworkRun Rent(int batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Detector));
        int size = Contract.FixedBatch ?? batch;
        ConcurrentBag<OnnxRun> idle = _idle.GetOrAdd(size, _ => []);
        OnnxRun run = idle.TryTake(out OnnxRun? known) ? known : new OnnxRun(this, _session, _names, Contract, size);
        return run;
    }

    public void Dispose()
    {
        _disposed = true;
        Drain();
        _session.Dispose();
    }

    private void Return(OnnxRun run)
    {
        _idle[run.Batch].Add(run);
        if (_disposed)
            Drain();
    }

    private void Drain()
    {
        foreach (ConcurrentBag<OnnxRun> idle in _idle.Values)
        {
            while (idle.TryTake(out OnnxRun? run))
                run.Free();
        }
    }

    private sealed class OnnxRun : INetworkRun
    {
        private readonly OnnxEngine _engine;
        private readonly SessionBinding _binding;
        private readonly NetworkContract _contract;
        private readonly BoundTensor _input;
        private readonly Dictionary<string, BoundTensor> _outputs;

        public OnnxRun(OnnxEngine engine, OnnxSession session, DetectionContract names, NetworkContract contract, int batch)
        {
            (_engine, _contract, Batch) = (engine, contract, batch);
            _binding = session.CreateBinding();
            _input = _binding.BindInput(names.Input.Name, batch, 3, contract.Height, contract.Width);
            _outputs = contract.Outputs.ToDictionary(o => o.Name, o => _binding.BindOutput(names.NameOf(o.Name), [batch, .. o.Shape.Select(d => (long)d)]));
        }

        public int Batch { get; }

        public Span<float> Input(int image) => _input.Data<float>().Slice(image * _contract.InputLength, _contract.InputLength);

        public void Execute(CancellationToken cancellationToken) => _binding.Run(cancellationToken);

        public ReadOnlySpan<float> Output(string name, int image)
        {
            int length = _contract[name].Length;
            return _outputs[name].Data<float>().Slice(image * length, length);
        }

        public void Dispose() => _engine.Return(this);

        public void Free() => _binding.Dispose();
    }
}
