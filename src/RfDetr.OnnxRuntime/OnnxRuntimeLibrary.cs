using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using RfDetr.Onnx;

namespace RfDetr.OnnxRuntime;

/// <summary>One message of ONNX Runtime.</summary>
/// <param name="Severity">Level.</param>
/// <param name="Category">Part of the runtime.</param>
/// <param name="Location">File, line and function inside the runtime.</param>
/// <param name="Message">Text.</param>
internal sealed record OnnxLogMessage(OnnxLogSeverity Severity, string Category, string Location, string Message);

/// <summary>Loads ONNX Runtime for <see cref="OnnxRuntimePackage"/>, which finds this class by its name.</summary>
internal sealed class OnnxRuntimeLoader : IOnnxRuntimeLoader
{
    public IOnnxRuntime Load(string? libraryPath) => OnnxRuntimeLibrary.Load(libraryPath);
}

/// <summary>
/// The native ONNX Runtime library of this process. It is loaded once and kept until the process ends: the managed package binds
/// to one library, and the library's own threads and static state make unloading unsafe. Safe for many threads.
/// </summary>
internal sealed class OnnxRuntimeLibrary : IOnnxRuntime
{
    /// <summary>The environment variable that names the library file, or a folder that contains it.</summary>
    public const string PathVariable = "RFDETR_ONNXRUNTIME";

    // Builds for Linux since 1.30 write an identifier and a database of events below the home directory when the environment is
    // created.
    private const string TelemetryVariable = "ORT_DISABLE_TELEMETRY";

    private const string EntryPoint = "OrtGetApiBase", ImportName = "onnxruntime", ByApplication = "loaded by the application";

    private static readonly Lock s_loading = new();
    private static OnnxRuntimeLibrary? s_loaded;
    private static Action<OnnxLogMessage>? s_log;

    private readonly nint _handle;

    private OnnxRuntimeLibrary(nint handle, string path)
    {
        (_handle, LibraryPath) = (handle, path);
        OrtEnv environment = CreateEnvironment();
        Version = environment.GetVersionString();
        AvailableProviders = environment.GetAvailableProviders();
    }

    /// <summary>File names of the library on this system, the most specific first.</summary>
    public static string[] FileNames { get; } =
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.dylib", "libonnxruntime.1.dylib"]
        : ["libonnxruntime.so", "libonnxruntime.so.1"];

    /// <summary>Receives the messages of all sessions; null (the default) drops them. Called on any thread.</summary>
    public static Action<OnnxLogMessage>? Log
    {
        get => Volatile.Read(ref s_log);
        set => Volatile.Write(ref s_log, value);
    }

    public string Version { get; }

    public string LibraryPath { get; }

    public IReadOnlyList<string> AvailableProviders { get; }

    // The package's functions are those of the API version that its own version number names: 1.31 asks for version 31.
    private static Version Required
    {
        get
        {
            Version package = typeof(OrtEnv).Assembly.GetName().Version!;
            return new Version(package.Major, package.Minor);
        }
    }

    /// <summary>Loads the library, or returns it if it is already loaded.</summary>
    /// <param name="path">
    /// The library file or its folder; null: the environment variable <see cref="PathVariable"/>, else the native package of the
    /// application (beside it, in <c>runtimes/RID/native</c>, in the package folders of a development build), else the system's
    /// search path.
    /// </param>
    /// <exception cref="OnnxRuntimeException">None was found, it is too old, or the process already uses another one.</exception>
    public static OnnxRuntimeLibrary Load(string? path = null)
    {
        lock (s_loading)
        {
            if (s_loaded is null)
                return s_loaded = LoadFirst(path);
            if (!string.IsNullOrEmpty(path))
                s_loaded.RequireSame(path);
            return s_loaded;
        }
    }

    public IOnnxSession Open(string path, OnnxSessionOptions options) => OnnxSession.FromFile(path, options, this);

    public IOnnxSession Open(ReadOnlyMemory<byte> model, OnnxSessionOptions options) =>
        OnnxSession.FromBytes(model, options, this);

    private static OnnxRuntimeLibrary LoadFirst(string? path)
    {
        OrtEnv.DisableDllImportResolver = true;
        if (OrtEnv.IsCreated)
            return UsedByApplication(path);
        NativeEnvironment.SetDefault(TelemetryVariable, "1");
        var tried = new List<string>();
        nint handle = NativeSearch.Load(path, PathVariable, FileNames, tried);
        if (handle == 0)
            ThrowNotFound(tried);
        CheckLibrary(handle, tried[^1]);
        try
        {
            NativeLibrary.SetDllImportResolver(typeof(OrtEnv).Assembly, (name, _, _) => name == ImportName ? handle : 0);
        }
        catch (InvalidOperationException)
        {
            // The application, or its use of the package before ours, has set a resolver already, and there can be only one.
            NativeLibrary.Free(handle);
            return UsedByApplication(path);
        }

        return new OnnxRuntimeLibrary(handle, tried[^1]);
    }

    private static OnnxRuntimeLibrary UsedByApplication(string? path)
    {
        var library = new OnnxRuntimeLibrary(0, ByApplication);
        if (!string.IsNullOrEmpty(path))
            library.RequireSame(path);
        return library;
    }

    // The system's loader gives the same handle for the same file, by whatever name.
    private void RequireSame(string path)
    {
        var tried = new List<string>();
        nint handle = NativeSearch.Load(path, PathVariable, FileNames, tried);
        if (handle == 0)
            ThrowNotFound(tried);
        bool same = handle == _handle;
        NativeLibrary.Free(handle);
        if (!same)
        {
            throw new OnnxRuntimeException(
                OnnxErrorCode.LibraryNotUsable,
                $"this process uses the ONNX Runtime library {LibraryPath} and cannot load '{path}' beside it; " +
                $"name the library before anything else uses ONNX Runtime, or with the environment variable {PathVariable}");
        }
    }

    private static OrtEnv CreateEnvironment()
    {
        if (OrtEnv.IsCreated)
            return OrtEnv.Instance();
        var options = new EnvironmentCreationOptions
        {
            logId = "rfdetr",
            logLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_WARNING,
            // Without a function of our own, messages go to the standard error stream.
            loggingFunction = static (_, severity, category, _, location, message) =>
                Write(severity, category, location, message),
        };
        return OrtFailures.Guard("create the environment", () => OrtEnv.CreateInstanceWithOptions(ref options));
    }

    private static void Write(OrtLoggingLevel severity, string category, string location, string message)
    {
        Action<OnnxLogMessage>? log = Log;
        if (log is null)
            return;
        try
        {
            log(new OnnxLogMessage((OnnxLogSeverity)severity, category, location, message));
        }
        catch (Exception)
        {
            // An exception must not travel through native frames: it would end the process.
        }
    }

    /// <summary>
    /// Reads the library's version before the package binds to it: its own error would be a failed type initializer, for good.
    /// </summary>
    private static unsafe void CheckLibrary(nint handle, string path)
    {
        if (!NativeLibrary.TryGetExport(handle, EntryPoint, out nint address))
        {
            throw new OnnxRuntimeException(
                OnnxErrorCode.LibraryNotUsable,
                $"'{path}' is not ONNX Runtime: it does not export {EntryPoint}; name the onnxruntime library itself, " +
                "not one of its providers");
        }

        // struct OrtApiBase of the public header: GetApi(version), GetVersionString().
        var apiBase = (nint*)((delegate* unmanaged<nint>)address)();
        string version = Marshal.PtrToStringUTF8((nint)((delegate* unmanaged<byte*>)apiBase[1])()) ?? "of an unknown version";
        RequireVersion(path, version, Required);
    }

    /// <exception cref="OnnxRuntimeException">The library is older than the managed package's API.</exception>
    internal static void RequireVersion(string path, string version, Version required)
    {
        string numbers = version.Split('-', '+')[0];
        if (!System.Version.TryParse(numbers, out Version? found) || found < required)
        {
            throw new OnnxRuntimeException(
                OnnxErrorCode.LibraryNotUsable,
                $"'{path}' is ONNX Runtime {version}; {required} or newer is needed. Update it, or remove {PathVariable} and " +
                "--onnxruntime and let the application bring its own: dotnet add package Microsoft.ML.OnnxRuntime");
        }
    }

    [DoesNotReturn]
    private static void ThrowNotFound(List<string> tried)
    {
        const string unusable = " (exists, but cannot be loaded: other architecture, or a library it needs is missing)";
        IEnumerable<string> lines =
            tried.Select(place => $"{Environment.NewLine}  {place}{(File.Exists(place) ? unusable : "")}");
        throw new OnnxRuntimeException(
            OnnxErrorCode.LibraryNotUsable,
            $"the native library of ONNX Runtime was not found. {OnnxRuntimePackage.Cure}{Environment.NewLine}" +
            $"Or set {PathVariable} to the library's file. Tried:{string.Concat(lines)}");
    }
}
