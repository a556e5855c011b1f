using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>
/// ONNX Runtime as the rest of the library uses it. The package RfDetr.OnnxRuntime implements it, and nothing here refers to that
/// package: an application that runs checkpoints on our own engine needs neither it nor a native library.
/// </summary>
internal interface IOnnxRuntime
{
    /// <summary>Release of the native library, e.g. <c>1.31.1</c>.</summary>
    string Version { get; }

    /// <summary>The native library's file, or its bare name if the application or the system's search path provided it.</summary>
    string LibraryPath { get; }

    /// <summary>Execution providers compiled into the library, in its own order, e.g. <c>CPUExecutionProvider</c>.</summary>
    IReadOnlyList<string> AvailableProviders { get; }

    /// <summary>Loads a model file; tensors in external files are found beside it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxRuntimeException">The model or an option does not fit the library.</exception>
    IOnnxSession Open(string path, OnnxSessionOptions options);

    /// <summary>Loads a model from the bytes of an <c>.onnx</c> file without external tensors.</summary>
    /// <exception cref="OnnxRuntimeException">The model or an option does not fit the library.</exception>
    IOnnxSession Open(ReadOnlyMemory<byte> model, OnnxSessionOptions options);
}

/// <summary>A model that ONNX Runtime has loaded. Safe for many threads.</summary>
internal interface IOnnxSession : IDisposable
{
    /// <summary>Inputs in the model's order.</summary>
    IReadOnlyList<OnnxValueInfo> Inputs { get; }

    /// <summary>Outputs in the model's order.</summary>
    IReadOnlyList<OnnxValueInfo> Outputs { get; }

    /// <summary>The model file's description of itself.</summary>
    OnnxModelMetadata Metadata { get; }

    /// <summary>Runs the model once, with managed tensors in and out.</summary>
    /// <param name="inputs">One tensor for every input of the model, by name; read in place during the call.</param>
    /// <param name="outputs">Names of the outputs to compute; null: all.</param>
    /// <param name="cancellation">Ends the run between two operators.</param>
    /// <returns>The outputs by name; each owns its memory.</returns>
    /// <exception cref="ArgumentException">A name, element type or shape does not fit the model.</exception>
    /// <exception cref="OnnxRuntimeException">The run failed.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellation"/> was canceled.</exception>
    IReadOnlyDictionary<string, HostTensor> Run(
        IReadOnlyDictionary<string, HostTensor> inputs,
        IReadOnlyList<string>? outputs = null,
        CancellationToken cancellation = default);

    /// <summary>Makes an engine of this session, which belongs to the engine from then on.</summary>
    /// <param name="names">The file's own names of input and outputs.</param>
    /// <param name="contract">Their sizes.</param>
    INetworkEngine ToEngine(DetectionContract names, NetworkContract contract);
}

/// <summary>Loads ONNX Runtime for the package that implements <see cref="IOnnxRuntime"/>.</summary>
internal interface IOnnxRuntimeLoader
{
    /// <summary>Loads the native library, or returns it if it is already loaded.</summary>
    /// <param name="libraryPath">The library file or its folder; null: the one that the application brings.</param>
    /// <exception cref="OnnxRuntimeException">There is none, it is too old, or another one is already loaded.</exception>
    IOnnxRuntime Load(string? libraryPath);
}

/// <summary>The optional package RfDetr.OnnxRuntime: found by name, so that this library need not refer to it.</summary>
internal static class OnnxRuntimePackage
{
    /// <summary>
    /// Lines to type where ONNX Runtime is missing. A library must not choose the native package: CPU and GPU builds exclude each
    /// other.
    /// </summary>
    public static string Cure { get; } = string.Join(
        Environment.NewLine,
        "Add both packages to the application:",
        "  dotnet add package RfDetr.OnnxRuntime",
        "  dotnet add package Microsoft.ML.OnnxRuntime",
        "(instead of the second: Microsoft.ML.OnnxRuntime.Gpu for CUDA and TensorRT, .DirectML on Windows)");

    /// <summary>Loads ONNX Runtime.</summary>
    /// <inheritdoc cref="IOnnxRuntimeLoader.Load" path="/param"/>
    /// <exception cref="OnnxRuntimeException">
    /// The application lacks a package, or the library does not fit; the message names the cure.
    /// </exception>
    public static IOnnxRuntime Load(string? libraryPath = null)
    {
        // A constant name: trimming and ahead-of-time compilation keep the type where the application refers to the package.
        Type loader = Type.GetType("RfDetr.OnnxRuntime.OnnxRuntimeLoader, RfDetr.OnnxRuntime") ?? throw new OnnxRuntimeException(
            OnnxErrorCode.LibraryNotUsable, $"ONNX Runtime is not part of this application. {Cure}");
        return ((IOnnxRuntimeLoader)Activator.CreateInstance(loader)!).Load(libraryPath);
    }
}
