using Microsoft.ML.OnnxRuntime;
using OrtException = Microsoft.ML.OnnxRuntime.OnnxRuntimeException;

namespace RfDetr.OnnxRuntime;

/// <summary>
/// Runs with cancellation: ONNX Runtime's run options can end a run between two operators. For one run at a time.
/// </summary>
internal sealed class RunControl : IDisposable
{
    private readonly RunOptions _options = new();

    /// <summary>Runs <paramref name="run"/> on <paramref name="state"/>. Nothing is allocated on the managed heap.</summary>
    /// <exception cref="OnnxRuntimeException">The run failed.</exception>
    /// <exception cref="OperationCanceledException">
    /// <paramref name="cancellation"/> was canceled; another run may follow.
    /// </exception>
    public TResult Run<TState, TResult>(TState state, Func<RunOptions, TState, TResult> run, CancellationToken cancellation)
    {
        try
        {
            using (cancellation.UnsafeRegister(static options => ((RunOptions)options!).Terminate = true, _options))
                return run(_options, state);
        }
        catch (OrtException e) when (cancellation.IsCancellationRequested)
        {
            throw new OperationCanceledException("the run was canceled", e, cancellation);
        }
        catch (OrtException e)
        {
            throw OrtFailures.Translate(e, "run the model");
        }
        finally
        {
            if (cancellation.IsCancellationRequested)
                _options.Terminate = false;
        }
    }

    public void Dispose() => _options.Dispose();
}
