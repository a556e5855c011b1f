using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;

namespace RfDetr.Onnx;

/// <summary>Names and places of the library file on each system.</summary>
internal static class OnnxRuntimeFiles
{
    /// <summary>File names, the most specific first.</summary>
    public static string[] Names { get; } =
        OperatingSystem.IsWindows() ? ["onnxruntime.dll"]
        : OperatingSystem.IsMacOS() ? ["libonnxruntime.1.dylib", "libonnxruntime.dylib"]
        : ["libonnxruntime.so.1", "libonnxruntime.so"];

    /// <summary>Where the npm package onnxruntime-node keeps the library of this system.</summary>
    public static string[] NpmFolders { get; } =
    [
        Path.Combine("onnxruntime-node", "bin", "napi-v6", System, Architecture),
    ];

    private static string System => OperatingSystem.IsWindows() ? "win32" : OperatingSystem.IsMacOS() ? "darwin" : "linux";

    private static string Architecture => RuntimeInformation.ProcessArchitecture switch
    {
        global::System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => "x64",
    };

    [DoesNotReturn]
    public static void ThrowNotFound(List<string> tried)
    {
        string places = string.Join("", tried.Select(place =>
            $"{Environment.NewLine}  {place}{(File.Exists(place) ? " (exists, but cannot be loaded: other architecture, or a library it needs is missing)" : "")}"));
        throw new OnnxRuntimeException(
            OnnxErrorCode.LibraryNotUsable,
            $"ONNX Runtime was not found. Install it (in a source checkout: npm ci --ignore-scripts in the folder 'native'), " +
            $"put {Names[0]} beside the application, or set {OnnxRuntime.PathVariable} to the file. Tried:{places}");
    }
}
