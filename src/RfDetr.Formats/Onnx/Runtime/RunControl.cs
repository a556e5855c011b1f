namespace RfDetr.Onnx;

/// <summary>Options of a run; their one use here is to end it early.</summary>
internal sealed unsafe class RunControl : IDisposable
{
    private readonly OnnxRuntime _runtime;
    private readonly OrtHandle _handle;

    public RunControl(OnnxRuntime runtime)
    {
        _runtime = runtime;
        nint options;
        runtime.Api.Check(runtime.Api.CreateRunOptions(&options), "create run options");
        _handle = new OrtHandle(options, runtime.Api.ReleaseRunOptions);
    }

    public nint Value => _handle.Value;

    /// <summary>Ends the run when <paramref name="cancellation"/> is canceled, until the result is disposed of.</summary>
    public CancellationTokenRegistration Watch(CancellationToken cancellation) =>
        cancellation.UnsafeRegister(static control => ((RunControl)control!).Terminate(), this);

    /// <summary>Throws if the run failed, with the reason if that was the cancellation; afterwards the options can be used again.</summary>
    public void Check(nint status, CancellationToken cancellation)
    {
        if (cancellation.IsCancellationRequested)
            Rearm();
        if (status == 0)
            return;
        OnnxRuntimeException failure = _runtime.Api.ToException(status, "run the model");
        if (cancellation.IsCancellationRequested)
            throw new OperationCanceledException("the run was canceled", failure, cancellation);
        throw failure;
    }

    public void Dispose() => _handle.Dispose();

    // A status that these two return would say that the pointer is null, which it is not.
    private void Terminate() => Ignore(_runtime.Api.RunOptionsSetTerminate(Value));

    private void Rearm() => Ignore(_runtime.Api.RunOptionsUnsetTerminate(Value));

    private void Ignore(nint status)
    {
        if (status != 0)
            _runtime.Api.ReleaseStatus(status);
    }
}
