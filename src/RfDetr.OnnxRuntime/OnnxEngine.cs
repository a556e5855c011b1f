using System.Numerics.Tensors;
using RfDetr.Onnx;

namespace RfDetr.OnnxRuntime;

/// <summary>Runs a model in ONNX Runtime, with buffers that are reused from run to run.</summary>
internal sealed class OnnxEngine : INetworkEngine
{
    // As our own engine keeps: enough for a detector that is used with one image and with full batches.
    private const int CachedBatchSizes = 4;

    private readonly OnnxSession _session;
    private readonly DetectionContract _names;
    private readonly RunPool<int, Run> _pool;

    public OnnxEngine(OnnxSession session, DetectionContract names, NetworkContract contract)
    {
        (_session, _names, Contract) = (session, names, contract);
        Description = $"ONNX Runtime {session.Runtime.Version}";
        _pool = new(
            nameof(Detector), CachedBatchSizes, batch => batch, batch => new Run(this, batch), run => run.Free(),
            session.Dispose);
    }

    public string Description { get; }

    public NetworkContract Contract { get; }

    public INetworkRun Rent(int batch) => _pool.Rent(Contract.FixedBatch ?? batch);

    public void Dispose() => _pool.Dispose();

    private sealed class Run : INetworkRun
    {
        private readonly OnnxEngine _engine;
        private readonly int _batch;
        private readonly SessionBinding _binding;
        private readonly FloatBuffer _input;
        private readonly Dictionary<string, FloatBuffer> _outputs;

        public Run(OnnxEngine engine, int batch)
        {
            (_engine, _batch) = (engine, batch);
            (NetworkContract c, DetectionContract names) = (engine.Contract, engine._names);
            _binding = engine._session.CreateBinding();
            try
            {
                _input = new(_binding.BindInput(names.Input.Name, batch, 3, c.Height, c.Width), batch);
                _outputs = c.Outputs.ToDictionary(
                    o => o.Name,
                    o =>
                        new FloatBuffer(
                            _binding.BindOutput(names.NameOf(o.Name), [batch, .. o.Shape.Select(d => (long)d)]), batch));
            }
            catch
            {
                _binding.Dispose();
                throw;
            }
        }

        public Span<float> Input(int image) => _input.Part(image);

        public void Execute(CancellationToken cancellationToken)
        {
            _input.Store();
            _binding.Run(cancellationToken);
            foreach (FloatBuffer output in _outputs.Values)
                output.Load();
        }

        public ReadOnlySpan<float> Output(string name, int image) => _outputs[name].Part(image);

        public void Dispose() => _engine._pool.Return(_batch, this);

        public void Free() => _binding.Dispose();
    }

    /// <summary>
    /// A bound tensor as floats: in place, or beside it where the model's own input or output is in half precision.
    /// </summary>
    private sealed class FloatBuffer
    {
        private readonly BoundTensor _bound;
        private readonly float[]? _widened;
        private readonly int _length;

        public FloatBuffer(BoundTensor bound, int batch)
        {
            _bound = bound;
            int count = (int)bound.Shape.ToArray().Aggregate(1L, (product, size) => product * size);
            _length = count / batch;
            _widened = bound.Info.ElementType == OnnxElementType.Float16 ? new float[count] : null;
        }

        public Span<float> Part(int image) => (_widened ?? _bound.Data<float>()).Slice(image * _length, _length);

        /// <summary>Rounds the floats into a half-precision input.</summary>
        public void Store()
        {
            if (_widened is not null)
                TensorPrimitives.ConvertToHalf(_widened, _bound.Data<Half>());
        }

        /// <summary>Widens a half-precision output.</summary>
        public void Load()
        {
            if (_widened is not null)
                TensorPrimitives.ConvertToSingle(_bound.Data<Half>(), _widened);
        }
    }
}
