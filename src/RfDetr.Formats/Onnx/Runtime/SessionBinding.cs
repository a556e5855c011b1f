using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Onnx;

/// <summary>
/// Buffers tied to a session for repeated runs without allocation or copying: bind the inputs (and outputs) once, then
/// write inputs, <see cref="Run"/>, read outputs. For one thread at a time; many bindings may share a session.
/// </summary>
public sealed unsafe partial class SessionBinding : IDisposable
{
    private readonly OnnxSession _session;
    private readonly OrtApi _api;
    private readonly OrtHandle _binding;
    private readonly RunControl _control;
    private readonly NativeText _names = new();
    private readonly nint[] _inputNames;
    private readonly nint[] _outputNames;
    private readonly BoundTensor?[] _inputs;
    private readonly BoundTensor[] _outputs;
    private int _busy;
    private bool _disposed;

    internal SessionBinding(OnnxSession session)
    {
        _session = session;
        _api = session.Runtime.Api;
        _inputNames = _names.Utf8(session.Inputs.Select(input => input.Name));
        _outputNames = _names.Utf8(session.Outputs.Select(output => output.Name));
        _inputs = new BoundTensor?[session.Inputs.Count];
        _outputs = new BoundTensor[session.Outputs.Count];
        using var use = new HandleUse(session.Handle, nameof(OnnxSession));
        nint binding;
        _api.Check(_api.CreateIoBinding(session.Handle.Value, &binding), "create a binding");
        _binding = new OrtHandle(binding, _api.ReleaseIoBinding, session.Handle);
        _control = new RunControl(session.Runtime);
        // The runtime lists results in the order in which outputs were first bound: bind all now, in the model's order.
        for (int i = 0; i < _outputs.Length; i++)
        {
            _outputs[i] = NewVariable(i);
            BindToHost(i);
        }
    }

    /// <summary>The output called <paramref name="name"/>; unless it was bound to a buffer, its shape is that of the last run.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public BoundTensor Output(string name) => _outputs[Index(_session.Outputs, name, "output")];

    /// <summary>The input called <paramref name="name"/>, which must be bound.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="InvalidOperationException">It is not bound yet.</exception>
    public BoundTensor Input(string name)
    {
        int index = Index(_session.Inputs, name, "input");
        if (_inputs[index] is null)
            ThrowUnbound(_session.Inputs[index]);
        return _inputs[index]!;
    }

    /// <summary>Runs the model on the bound memory. Outputs without a buffer are allocated by the runtime.</summary>
    /// <param name="cancellation">Ends the run between two operators.</param>
    /// <exception cref="InvalidOperationException">An input is not bound, or another thread is using this binding.</exception>
    /// <exception cref="OnnxRuntimeException">The run failed, e.g. because a bound output has another shape than the result.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    public void Run(CancellationToken cancellation = default)
    {
        Enter();
        try
        {
            Prepare();
            cancellation.ThrowIfCancellationRequested();
            nint status;
            using (_control.Watch(cancellation))
                status = _api.RunWithBinding(_session.Handle.Value, _control.Value, _binding.Value);
            _control.Check(status, cancellation);
            ReadVariableOutputs();
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
        foreach (BoundTensor? tensor in (ReadOnlySpan<BoundTensor?>)[.. _inputs, .. _outputs])
            Release(tensor);
        _control.Dispose();
        _names.Dispose();
    }

    private static int Index(IReadOnlyList<OnnxValueInfo> values, string name, string kind)
    {
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i].Name == name)
                return i;
        }

        OnnxSession.ThrowNoValue(values, name, kind);
        return -1;
    }

    private void Prepare()
    {
        for (int i = 0; i < _inputs.Length; i++)
        {
            if (_inputs[i] is null)
                ThrowUnbound(_session.Inputs[i]);
        }

        // Results of the last run would otherwise be taken for preallocated memory, which must have the right shape.
        for (int i = 0; i < _outputs.Length; i++)
        {
            if (_outputs[i].IsVariable)
                BindToHost(i);
        }
    }

    private void BindToHost(int output) => _api.Check(
        _api.BindOutputToDevice(_binding.Value, _outputNames[output], _session.Runtime.CpuMemory), "bind an output");

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
    private static void ThrowUnbound(OnnxValueInfo info) => throw new InvalidOperationException(
        $"input {info} is not bound; call {nameof(BindInput)} before {nameof(Run)}");
}
