using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>A loaded model. <see cref="Run"/> may be called from many threads at once; results own their memory.</summary>
public sealed unsafe partial class OnnxSession : IDisposable
{
    private readonly Lazy<OnnxModelMetadata> _metadata;

    private OnnxSession(OnnxRuntime runtime, nint session)
    {
        Runtime = runtime;
        Handle = new OrtHandle(session, runtime.Api.ReleaseSession);
        try
        {
            Inputs = SessionReader.Values(runtime, session, outputs: false);
            Outputs = SessionReader.Values(runtime, session, outputs: true);
        }
        catch
        {
            Handle.Dispose();
            throw;
        }

        _metadata = new Lazy<OnnxModelMetadata>(() =>
        {
            using var use = new HandleUse(Handle, nameof(OnnxSession));
            return SessionReader.Metadata(runtime, Handle.Value);
        });
    }

    /// <summary>The library that runs the model.</summary>
    public OnnxRuntime Runtime { get; }

    /// <summary>Inputs in the model's order.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>Outputs in the model's order.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>What the file says about itself.</summary>
    public OnnxModelMetadata Metadata => _metadata.Value;

    internal OrtHandle Handle { get; }

    /// <summary>Loads a model file; tensors in external files are found beside it.</summary>
    /// <param name="path">The <c>.onnx</c> file.</param>
    /// <param name="options">Null: defaults.</param>
    /// <param name="runtime">Null: <see cref="OnnxRuntime.Load"/>.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxRuntimeException">The library is missing, or the model or an option does not fit it.</exception>
    public static OnnxSession FromFile(string path, SessionOptions? options = null, OnnxRuntime? runtime = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string full = Path.GetFullPath(path);
        if (!File.Exists(full))
            throw new FileNotFoundException($"model file '{path}' does not exist", full);
        runtime ??= OnnxRuntime.Load();
        using OrtHandle native = NativeSessionOptions.Create(runtime, options ?? new SessionOptions());
        using var text = new NativeText();
        nint session;
        runtime.Api.Check(
            runtime.Api.CreateSession(runtime.Environment, text.Path(full), native.Value, &session), $"load model '{path}'");
        return new OnnxSession(runtime, session);
    }

    /// <summary>Loads a model from memory, which is read in place and may be released afterwards.</summary>
    /// <param name="model">The bytes of an <c>.onnx</c> file without external tensors.</param>
    /// <param name="options">Null: defaults.</param>
    /// <param name="runtime">Null: <see cref="OnnxRuntime.Load"/>.</param>
    /// <exception cref="OnnxRuntimeException">The library is missing, or the model or an option does not fit it.</exception>
    public static OnnxSession FromBytes(ReadOnlyMemory<byte> model, SessionOptions? options = null, OnnxRuntime? runtime = null)
    {
        if (model.IsEmpty)
            throw new ArgumentException("the model is empty", nameof(model));
        runtime ??= OnnxRuntime.Load();
        using OrtHandle native = NativeSessionOptions.Create(runtime, options ?? new SessionOptions());
        using MemoryHandle pin = model.Pin();
        nint session;
        runtime.Api.Check(
            runtime.Api.CreateSessionFromArray(runtime.Environment, pin.Pointer, (nuint)model.Length, native.Value, &session),
            $"load a model of {model.Length} bytes from memory");
        return new OnnxSession(runtime, session);
    }

    /// <summary>Prepares repeated runs with fixed buffers: nothing is allocated or copied per run. One binding per thread.</summary>
    public SessionBinding CreateBinding() => new(this);

    /// <summary>Stops profiling and returns the path of the trace (JSON, chrome://tracing); empty if profiling was off.</summary>
    public string EndProfiling()
    {
        using var use = new HandleUse(Handle, nameof(OnnxSession));
        byte* path;
        Runtime.Api.Check(Runtime.Api.SessionEndProfiling(Handle.Value, Runtime.Allocator, &path), "end profiling");
        return Runtime.Api.TakeString(path, Runtime.Allocator) ?? "";
    }

    /// <summary>Releases the model once the runs in progress have ended.</summary>
    public void Dispose() => Handle.Dispose();

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
    internal static void ThrowNoValue(IReadOnlyList<OnnxValueInfo> values, string name, string kind) => throw new ArgumentException(
        $"the model has no {kind} '{name}'; it has {string.Join(", ", values.Select(v => $"'{v.Name}'"))}", nameof(name));
}

/// <summary>Keeps a handle alive for the length of a native call; throws <see cref="ObjectDisposedException"/> if it is gone.</summary>
internal readonly ref struct HandleUse
{
    private readonly SafeHandle _handle;

    public HandleUse(SafeHandle handle, string owner)
    {
        _handle = handle;
        if (handle.IsClosed)
            throw new ObjectDisposedException(owner);
        bool added = false;
        handle.DangerousAddRef(ref added);
    }

    public void Dispose() => _handle.DangerousRelease();
}
