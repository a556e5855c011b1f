using System.Collections.Concurrent;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>Runs a model in ONNX Runtime, with buffers that are reused from run to run.</summary>
internal sealed class OnnxEngine : INetworkEngine
{
    private readonly OnnxSession _session;
    private readonly DetectionContract _contract;
    private readonly ConcurrentDictionary<int, ConcurrentBag<OnnxRun>> _idle = new();
    private volatile bool _disposed;

    public OnnxEngine(OnnxSession session, DetectionContract contract, NetworkSizes sizes)
    {
        (_session, _contract, Sizes) = (session, contract, sizes);
        Description = $"ONNX Runtime {session.Runtime.Version}";
    }

    public string Description { get; }

    public NetworkSizes Sizes { get; }

    public INetworkRun Rent(int batch)
    {
        ObjectDisposedException.ThrowIf(_disposed, typeof(Detector));
        int size = Sizes.FixedBatch ?? batch;
        ConcurrentBag<OnnxRun> idle = _idle.GetOrAdd(size, _ => []);
        OnnxRun run = idle.TryTake(out OnnxRun? known) ? known : new OnnxRun(this, _session, _contract, Sizes, size);
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
        private readonly BoundTensor _input, _logits, _boxes;
        private readonly BoundTensor? _masks;
        private readonly int _inputSize, _logitsSize, _boxesSize, _masksSize;

        public OnnxRun(OnnxEngine engine, OnnxSession session, DetectionContract contract, NetworkSizes s, int batch)
        {
            (_engine, Batch) = (engine, batch);
            (_inputSize, _logitsSize, _boxesSize, _masksSize) =
                (3 * s.Height * s.Width, s.Queries * s.Classes, s.Queries * 4, s.Queries * s.MaskHeight * s.MaskWidth);
            _binding = session.CreateBinding();
            _input = _binding.BindInput(contract.Input.Name, batch, 3, s.Height, s.Width);
            _logits = _binding.BindOutput(contract.Logits.Name, batch, s.Queries, s.Classes);
            _boxes = _binding.BindOutput(contract.Boxes.Name, batch, s.Queries, 4);
            _masks = contract.Masks is null ? null : _binding.BindOutput(contract.Masks.Name, batch, s.Queries, s.MaskHeight, s.MaskWidth);
        }

        public int Batch { get; }

        public Span<float> Input(int image) => _input.Data<float>().Slice(image * _inputSize, _inputSize);

        public void Execute(CancellationToken cancellationToken) => _binding.Run(cancellationToken);

        public ReadOnlySpan<float> Logits(int image) => _logits.Data<float>().Slice(image * _logitsSize, _logitsSize);

        public ReadOnlySpan<float> Boxes(int image) => _boxes.Data<float>().Slice(image * _boxesSize, _boxesSize);

        public ReadOnlySpan<float> Masks(int image) => _masks is null ? [] : _masks.Data<float>().Slice(image * _masksSize, _masksSize);

        public void Dispose() => _engine.Return(this);

        public void Free() => _binding.Dispose();
    }
}
