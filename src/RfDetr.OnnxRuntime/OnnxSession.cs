using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.OnnxRuntime;

/// <summary>A loaded model. <see cref="Run"/> may be called from many threads at once; results own their memory.</summary>
internal sealed class OnnxSession : IOnnxSession
{
    private readonly InferenceSession _session;
    private readonly Lazy<OnnxModelMetadata> _metadata;

    // The owner's use, and one for each run and binding: ONNX Runtime must not release a session that is running.
    private int _uses = 1;
    private int _disposed;

    private OnnxSession(OnnxRuntimeLibrary runtime, InferenceSession session)
    {
        (Runtime, _session) = (runtime, session);
        Inputs = Describe(session.InputNames, session.InputMetadata);
        Outputs = Describe(session.OutputNames, session.OutputMetadata);
        _metadata = new(ReadMetadata);
    }

    /// <summary>The library that runs the model.</summary>
    public OnnxRuntimeLibrary Runtime { get; }

    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    public OnnxModelMetadata Metadata => _metadata.Value;

    public static OnnxSession FromFile(string path, OnnxSessionOptions? options = null, OnnxRuntimeLibrary? runtime = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new FileNotFoundException($"model file '{path}' does not exist", full);
        return Create(options, runtime, $"load model '{path}'", native => new InferenceSession(full, native));
    }

    public static OnnxSession FromBytes(
        ReadOnlyMemory<byte> model, OnnxSessionOptions? options = null, OnnxRuntimeLibrary? runtime = null)
    {
        if (model.IsEmpty)
            throw new ArgumentException("the model is empty", nameof(model));
        // The package takes whole arrays only.
        bool isWhole = MemoryMarshal.TryGetArray(model, out ArraySegment<byte> part) &&
            part.Offset == 0 && part.Count == part.Array!.Length;
        byte[] bytes = isWhole ? part.Array! : model.ToArray();
        return Create(
            options, runtime, $"load a model of {model.Length} bytes from memory", native => new InferenceSession(bytes, native));
    }

    public IReadOnlyDictionary<string, HostTensor> Run(
        IReadOnlyDictionary<string, HostTensor> inputs,
        IReadOnlyList<string>? outputs = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        outputs ??= [.. Outputs.Select(output => output.Name)];
        foreach (string name in outputs)
            Find(Outputs, name, "output");
        foreach (OnnxValueInfo input in Inputs)
        {
            if (!inputs.ContainsKey(input.Name))
                throw new ArgumentException($"no tensor was given for input {input}", nameof(inputs));
        }

        cancellation.ThrowIfCancellationRequested();
        Enter();
        try
        {
            using var values = new WrappedInputs();
            foreach ((string name, HostTensor tensor) in inputs)
            {
                ShapeCheck.Input(Find(Inputs, name, "input"), tensor);
                values.Add(name, tensor);
            }

            using var control = new RunControl();
            using IDisposableReadOnlyCollection<OrtValue> found = control.Run(
                (Session: _session, Values: values, Outputs: outputs),
                static (options, on) => on.Session.Run(options, on.Values.Names, on.Values.Items, on.Outputs),
                cancellation);
            var results = new Dictionary<string, HostTensor>(outputs.Count, StringComparer.Ordinal);
            for (int i = 0; i < outputs.Count; i++)
                results[outputs[i]] = Copy(found[i], outputs[i]);
            return results;
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>
    /// Prepares repeated runs with fixed buffers: nothing is allocated or copied per run. One binding per thread.
    /// </summary>
    public SessionBinding CreateBinding() => new(this);

    public INetworkEngine ToEngine(DetectionContract names, NetworkContract contract) => new OnnxEngine(this, names, contract);

    /// <summary>Stops profiling and returns the path of the trace (JSON, chrome://tracing); empty if profiling was off.</summary>
    public string EndProfiling()
    {
        Enter();
        try
        {
            return OrtFailures.Guard("end profiling", _session.EndProfiling);
        }
        finally
        {
            Exit();
        }
    }

    /// <summary>Releases the model once the runs in progress have ended and the bindings are gone.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Exit();
    }

    /// <summary>Keeps the native session until <see cref="Exit"/>.</summary>
    /// <exception cref="ObjectDisposedException">The session is gone.</exception>
    internal InferenceSession Enter()
    {
        ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
        for (int uses = Volatile.Read(ref _uses); ; uses = Volatile.Read(ref _uses))
        {
            ObjectDisposedException.ThrowIf(uses == 0, this);
            if (Interlocked.CompareExchange(ref _uses, uses + 1, uses) == uses)
                return _session;
        }
    }

    internal void Exit()
    {
        if (Interlocked.Decrement(ref _uses) == 0)
            _session.Dispose();
    }

    /// <summary>The input or output called <paramref name="name"/>.</summary>
    internal static OnnxValueInfo Find(IReadOnlyList<OnnxValueInfo> values, string name, string kind)
    {
        foreach (OnnxValueInfo value in values)
        {
            if (value.Name == name)
                return value;
        }

        ThrowNoValue(values, name, kind);
        return null;
    }

    [DoesNotReturn]
    private static void ThrowNoValue(IReadOnlyList<OnnxValueInfo> values, string name, string kind) =>
        throw new ArgumentException(
            $"the model has no {kind} '{name}'; it has {string.Join(", ", values.Select(v => $"'{v.Name}'"))}", nameof(name));

    private static OnnxSession Create(
        OnnxSessionOptions? options, OnnxRuntimeLibrary? runtime, string doing, Func<SessionOptions, InferenceSession> open)
    {
        runtime ??= OnnxRuntimeLibrary.Load();
        using SessionOptions native = NativeOptions.Create(runtime, options ?? new OnnxSessionOptions());
        return OrtFailures.Guard(doing, () => new OnnxSession(runtime, open(native)));
    }

    private static OnnxValueInfo[] Describe(IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> facts) =>
        [.. names.Select(name => Describe(name, facts[name]))];

    private static OnnxValueInfo Describe(string name, NodeMetadata facts)
    {
        if (!facts.IsTensor)
            return new OnnxValueInfo(name, OnnxElementType.Undefined, []);
        OnnxDimension[] shape =
        [
            .. facts.Dimensions.Select((size, i) =>
                new OnnxDimension(Math.Max(size, -1), facts.SymbolicDimensions[i] is { Length: > 0 } symbol ? symbol : null)),
        ];
        return new OnnxValueInfo(name, (OnnxElementType)facts.ElementDataType, shape);
    }

    private OnnxModelMetadata ReadMetadata()
    {
        InferenceSession session = Enter();
        try
        {
            return OrtFailures.Guard("read the model's metadata", () =>
            {
                ModelMetadata facts = session.ModelMetadata;
                return new OnnxModelMetadata(
                    facts.ProducerName, facts.GraphName, facts.Description, facts.Version, facts.CustomMetadataMap);
            });
        }
        finally
        {
            Exit();
        }
    }

    private static HostTensor Copy(OrtValue value, string name)
    {
        if (!value.IsTensor)
            throw new OnnxFormatException($"output '{name}' is not a tensor");
        OrtTensorTypeAndShapeInfo info = value.GetTensorTypeAndShape();
        var type = (OnnxElementType)info.ElementDataType;
        if (!type.TryToDType(out DType dtype))
            throw new OnnxFormatException($"output '{name}' has elements of type {type}, which cannot be read here");
        long bytes = info.Shape.Aggregate((long)dtype.SizeInBytes(), (product, size) => checked(product * size));
        if (bytes > Array.MaxLength)
        {
            throw new OnnxFormatException(
                $"output '{name}' takes {bytes} bytes, more than one array holds; ask for fewer images at once");
        }

        byte[] copy = GC.AllocateUninitializedArray<byte>((int)bytes);
        if (bytes > 0)
            value.GetTensorMutableRawData().CopyTo(copy);
        return new HostTensor(dtype, [.. info.Shape.Select(size => checked((int)size))], copy);
    }

    /// <summary>Native values over the memory of managed tensors, which stays pinned meanwhile.</summary>
    private sealed class WrappedInputs : IDisposable
    {
        private readonly List<MemoryHandle> _pins = [];

        public List<string> Names { get; } = [];

        public List<OrtValue> Items { get; } = [];

        public unsafe void Add(string name, HostTensor tensor)
        {
            MemoryHandle pin = tensor.Bytes.Pin();
            _pins.Add(pin);
            Names.Add(name);
            long[] shape = [.. tensor.Shape.Select(size => (long)size)];
            Items.Add(OrtFailures.Guard($"wrap input '{name}'", () => OrtValue.CreateTensorValueWithData(
                OrtMemoryInfo.DefaultInstance, (TensorElementType)tensor.DType.ToOnnx(), shape, (nint)pin.Pointer,
                tensor.Bytes.Length)));
        }

        public void Dispose()
        {
            foreach (OrtValue value in Items)
                value.Dispose();
            foreach (MemoryHandle pin in _pins)
                pin.Dispose();
        }
    }
}
