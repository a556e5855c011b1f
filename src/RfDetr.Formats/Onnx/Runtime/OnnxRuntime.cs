using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>
/// A loaded ONNX Runtime library with its environment. Loaded once per library file and kept until the process ends
/// (the library's own threads and static state make unloading unsafe). Safe for many threads.
/// </summary>
public sealed unsafe class OnnxRuntime
{
    /// <summary>The environment variable that names the library file, or a folder that contains it.</summary>
    public const string PathVariable = "RFDETR_ONNXRUNTIME";

    private static readonly ConcurrentDictionary<nint, Lazy<OnnxRuntime>> s_loaded = new();

    private readonly nint _library;

    private OnnxRuntime(nint library, string path)
    {
        _library = library;
        LibraryPath = path;
        var apiBase = (nint*)((delegate* unmanaged<nint>)NativeLibrary.GetExport(library, "OrtGetApiBase"))();
        Version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])()) ?? "unknown";
        var table = (nint*)((delegate* unmanaged<uint, nint>)apiBase[0])(OrtApi.Version);
        if (table is null)
            ThrowTooOld(path, Version);
        Api = new OrtApi(table);
        Environment = CreateEnvironment(Api);
        nint allocator, memory;
        Api.Check(Api.GetAllocatorWithDefaultOptions(&allocator), "get the default allocator");
        // 0: device allocator (plain memory of the caller), 0: default memory type.
        Api.Check(Api.CreateCpuMemoryInfo(0, 0, &memory), "describe CPU memory");
        Allocator = allocator;
        CpuMemory = memory;
        AvailableProviders = ListProviders(Api);
    }

    /// <summary>Receives ONNX Runtime's messages of all sessions; null (the default) drops them. Called on any thread.</summary>
    public static Action<OnnxLogMessage>? Log
    {
        get => OnnxLog.Sink;
        set => OnnxLog.Sink = value;
    }

    /// <summary>The library's release, e.g. <c>1.30.0</c>.</summary>
    public string Version { get; }

    /// <summary>Where the library was found: the file, or its bare name if the system's search path had it.</summary>
    public string LibraryPath { get; }

    /// <summary>Execution providers compiled into this library, in its own order, e.g. <c>CPUExecutionProvider</c>.</summary>
    public IReadOnlyList<string> AvailableProviders { get; }

    /// <summary>How the library was built (commit, flags), in its own words.</summary>
    public string BuildInfo => Marshal.PtrToStringUTF8((nint)Api.GetBuildInfoString()) ?? "";

    internal OrtApi Api { get; }

    internal nint Environment { get; }

    internal nint Allocator { get; }

    internal nint CpuMemory { get; }

    /// <summary>Loads ONNX Runtime, or returns it if it is already loaded.</summary>
    /// <param name="path">
    /// The library file or its folder; null: the environment variable <see cref="PathVariable"/>, beside the application,
    /// <c>runtimes/RID/native</c>, <c>native/node_modules</c> of a source checkout, the system's search path.
    /// </param>
    /// <exception cref="OnnxRuntimeException">None was found (the message lists the places), or it is older than 1.16.</exception>
    public static OnnxRuntime Load(string? path = null)
    {
        var tried = new List<string>();
        nint library = NativeSearch.Load(path, PathVariable, OnnxRuntimeFiles.Names, OnnxRuntimeFiles.NpmFolders, tried);
        if (library == 0)
            OnnxRuntimeFiles.ThrowNotFound(tried);
        if (!NativeLibrary.TryGetExport(library, "OrtGetApiBase", out _))
            ThrowNoEntry(tried[^1]);
        return s_loaded.GetOrAdd(library, static (handle, found) => new(() => new OnnxRuntime(handle, found)), tried[^1]).Value;
    }

    /// <summary>Address of a function that some builds export beside the table; 0 if this one does not.</summary>
    internal nint FindExport(string name) => NativeLibrary.TryGetExport(_library, name, out nint address) ? address : 0;

    private static nint CreateEnvironment(OrtApi api)
    {
        nint environment;
        fixed (byte* id = "rfdetr"u8)
        {
            api.Check(
                api.CreateEnvWithCustomLogger((nint)OnnxLog.Callback, 0, (int)OnnxLogSeverity.Warning, id, &environment),
                "create the environment");
        }

        api.Check(api.DisableTelemetryEvents(environment), "switch telemetry off");
        return environment;
    }

    private static string[] ListProviders(OrtApi api)
    {
        byte** names;
        int count;
        api.Check(api.GetAvailableProviders(&names, &count), "list the execution providers");
        var result = new string[count];
        for (int i = 0; i < count; i++)
            result[i] = Marshal.PtrToStringUTF8((nint)names[i]) ?? "";
        api.Check(api.ReleaseAvailableProviders(names, count), "release the list of execution providers");
        return result;
    }

    [DoesNotReturn]
    private static void ThrowNoEntry(string path) => throw new OnnxRuntimeException(
        OnnxErrorCode.LibraryNotUsable,
        $"'{path}' is not ONNX Runtime: it does not export OrtGetApiBase; name the onnxruntime library itself, not one of its providers");

    [DoesNotReturn]
    private static void ThrowTooOld(string path, string version) => throw new OnnxRuntimeException(
        OnnxErrorCode.LibraryNotUsable,
        $"'{path}' is ONNX Runtime {version}; {OrtApi.OldestRelease} or newer is needed");
}
