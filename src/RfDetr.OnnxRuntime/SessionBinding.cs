using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using RfDetr.Onnx;

namespace RfDetr.OnnxRuntime;

/// <summary>
/// Buffers tied to a session for repeated runs without allocation or copying: bind all inputs and the outputs that are wanted
/// once, then write inputs, <see cref="Run"/>, read outputs. For one thread at a time; many bindings may share a session.
/// </summary>
internal sealed class SessionBinding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly InferenceSession _native;
    private readonly OrtIoBinding _binding;
    private readonly RunControl _control = new();
    private readonly Dictionary<string, BoundTensor> _inputs = [], _outputs = [];
    private int _busy;
    private bool _disposed;

    public SessionBinding(OnnxSession session)
    {
        _session = session;
        _native = session.Enter();
        try
        {
            _binding = OrtFailures.Guard("create a binding", _native.CreateIoBinding);
        }
        catch
        {
            session.Exit();
            throw;
        }
    }

    /// <summary>
    /// Binds an input to a new buffer of the given shape (zeroed, aligned to 64 bytes) in place of an earlier one.
    /// </summary>
    /// <param name="name">Input name.</param>
    /// <param name="shape">Dimensions; must fit the declared shape.</param>
    /// <exception cref="ArgumentException">No such input, or the shape does not fit.</exception>
    public BoundTensor BindInput(string name, params ReadOnlySpan<long> shape) => Bind(isInput: true, name, shape);

    /// <summary>
    /// Binds an output to a new buffer of the given shape, which the run's result must have. Outputs that are not bound are not
    /// computed.
    /// </summary>
    /// <inheritdoc cref="BindInput(string, ReadOnlySpan{long})" path="/param"/>
    /// <exception cref="ArgumentException">No such output, or the shape does not fit.</exception>
    public BoundTensor BindOutput(string name, params ReadOnlySpan<long> shape) => Bind(isInput: false, name, shape);

    /// <summary>Runs the model on the bound memory.</summary>
    /// <param name="cancellation">Ends the run between two operators.</param>
    /// <exception cref="InvalidOperationException">
    /// An input or every output is not bound, or another thread is using this binding.
    /// </exception>
    /// <exception cref="OnnxRuntimeException">
    /// The run failed, e.g. because a bound output has another shape than the result.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            if (_inputs.Count < _session.Inputs.Count || _outputs.Count == 0)
                ThrowUnbound();
            cancellation.ThrowIfCancellationRequested();
            _ = _control.Run(
                (Session: _native, Binding: _binding),
                static (options, on) =>
                {
                    on.Session.RunWithBinding(options, on.Binding);
                    return true;
                },
                cancellation);
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    /// <summary>Releases the buffers; spans taken from them must not be used afterwards.</summary>
    /// <exception cref="InvalidOperationException">Another thread is running this binding.</exception>
    public void Dispose()
    {
        if (_disposed)
            return;
        Enter();
        _disposed = true;
        _binding.Dispose();
        foreach (BoundTensor tensor in _inputs.Values.Concat(_outputs.Values))
            tensor.Dispose();
        _control.Dispose();
        _session.Exit();
    }

    private BoundTensor Bind(bool isInput, string name, ReadOnlySpan<long> shape)
    {
        string kind = isInput ? "input" : "output";
        Dictionary<string, BoundTensor> bound = isInput ? _inputs : _outputs;
        Enter();
        try
        {
            OnnxValueInfo info = OnnxSession.Find(isInput ? _session.Inputs : _session.Outputs, name, kind);
            if (!ShapeCheck.Fits(info, shape))
                throw new ArgumentException(ShapeCheck.Message(kind, info, shape), nameof(shape));
            var tensor = new BoundTensor(info, shape.ToArray(), ShapeCheck.SizeInBytes(info, kind, shape));
            try
            {
                OrtFailures.Guard($"bind {info}", () => tensor.BindTo(_binding, isInput));
            }
            catch
            {
                tensor.Dispose();
                throw;
            }

            if (bound.TryGetValue(name, out BoundTensor? earlier))
                earlier.Dispose();
            return bound[name] = tensor;
        }
        finally
        {
            Volatile.Write(ref _busy, 0);
        }
    }

    private void Enter()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Interlocked.Exchange(ref _busy, 1) != 0)
            ThrowBusy();
    }

    [DoesNotReturn]
    private static void ThrowBusy() => throw new InvalidOperationException(
        $"a {nameof(SessionBinding)} is for one thread at a time; create one for each thread");

    [DoesNotReturn]
    private void ThrowUnbound() => throw new InvalidOperationException(
        _session.Inputs.FirstOrDefault(input => !_inputs.ContainsKey(input.Name)) is { } missing
            ? $"input {missing} is not bound; call {nameof(BindInput)} before {nameof(Run)}"
            : $"no output is bound; call {nameof(BindOutput)} before {nameof(Run)}");
}

/// <summary>
/// The memory of one input or output of a <see cref="SessionBinding"/>; valid until that is disposed of or binds the name again.
/// </summary>
internal sealed class BoundTensor : IDisposable
{
    private readonly NativeBlock _block;
    private readonly OrtValue _value;
    private readonly long[] _shape;
    private readonly int _count;
    private bool _disposed;

    internal unsafe BoundTensor(OnnxValueInfo info, long[] shape, long bytes)
    {
        (Info, _shape) = (info, shape);
        _count = (int)(bytes / info.ElementType.SizeInBytes());
        _block = new NativeBlock(bytes);
        _value = OrtFailures.Guard($"wrap the memory of {info}", () => OrtValue.CreateTensorValueWithData(
            OrtMemoryInfo.DefaultInstance, (TensorElementType)info.ElementType, shape, (nint)_block.Data, bytes));
    }

    /// <summary>Name and declared type.</summary>
    public OnnxValueInfo Info { get; }

    /// <summary>Dimensions, outermost first.</summary>
    public ReadOnlySpan<long> Shape => _shape;

    /// <summary>The elements in place: write an input's before a run, read an output's after it.</summary>
    /// <exception cref="ArgumentException"><typeparamref name="T"/> does not match the element type.</exception>
    /// <exception cref="ObjectDisposedException">The binding is gone or has bound the name again.</exception>
    public unsafe Span<T> Data<T>()
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!OnnxElementTypes.IsViewable<T>(Info.ElementType))
            OnnxElementTypes.ThrowNotViewable(Info.Name, Info.ElementType, typeof(T));
        return new Span<T>(_block.Data, _count);
    }

    /// <summary>Frees the memory; called by the binding, which owns it.</summary>
    public void Dispose()
    {
        _disposed = true;
        _value.Dispose();
        _block.Dispose();
    }

    internal void BindTo(OrtIoBinding binding, bool isInput)
    {
        if (isInput)
            binding.BindInput(Info.Name, _value);
        else
            binding.BindOutput(Info.Name, _value);
    }
}
