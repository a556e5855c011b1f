using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using RfDetr.Onnx;

namespace RfDetr.OnnxRuntime;

/// <summary>
/// The names of one execution provider: the users', the one in ONNX Runtime's list, and the one of its append function.
/// </summary>
/// <param name="FullName">Name in the list of available providers.</param>
/// <param name="AppendName">Name that the generic append function takes.</param>
/// <param name="Aliases">Short names, lower case.</param>
internal sealed record ProviderEntry(string FullName, string AppendName, params string[] Aliases)
{
    /// <summary>Appends providers that the generic function does not know; the function takes one number.</summary>
    public Action<SessionOptions, int>? ByNumber { get; init; }

    /// <summary>The option that holds that number.</summary>
    public string? NumberOption { get; init; }
}

/// <summary>The providers that have a short name; any other that the library lists can be used by its full name.</summary>
internal static class ProviderTable
{
    public const string Cpu = "CPUExecutionProvider";
    public const string Cuda = "CUDAExecutionProvider";
    public const string TensorRT = "TensorrtExecutionProvider";
    public const string DirectML = "DmlExecutionProvider";

    private const string Suffix = "ExecutionProvider";

    private static readonly ProviderEntry[] s_entries =
    [
        new(Cpu, "CPU", "cpu"),
        new(Cuda, "CUDA", "cuda"),
        new(TensorRT, "TensorRT", "tensorrt", "trt"),
        new("NvTensorRTRTXExecutionProvider", "NvTensorRtRtx", "tensorrt-rtx", "nvtensorrtrtx"),
        new(DirectML, "DML", "directml", "dml"),
        new("CoreMLExecutionProvider", "CoreML", "coreml"),
        new("OpenVINOExecutionProvider", "OpenVINO", "openvino"),
        new("MIGraphXExecutionProvider", "MIGraphX", "migraphx")
        {
            ByNumber = static (options, device) => options.AppendExecutionProvider_MIGraphX(device), NumberOption = "device_id",
        },
        new("ROCMExecutionProvider", "ROCM", "rocm")
        {
            ByNumber = static (options, device) => options.AppendExecutionProvider_ROCm(device), NumberOption = "device_id",
        },
        new("DnnlExecutionProvider", "Dnnl", "dnnl", "onednn")
        {
            ByNumber = static (options, arena) => options.AppendExecutionProvider_Dnnl(arena), NumberOption = "use_arena",
        },
        new("QNNExecutionProvider", "QNN", "qnn"),
        new("XnnpackExecutionProvider", "XNNPACK", "xnnpack"),
        new("WebGpuExecutionProvider", "WebGPU", "webgpu"),
        new("VitisAIExecutionProvider", "VitisAI", "vitisai"),
        new("AzureExecutionProvider", "AZURE", "azure"),
    ];

    /// <summary>Finds the provider <paramref name="name"/> in a library that has <paramref name="available"/>.</summary>
    /// <exception cref="OnnxRuntimeException">The library has no such provider.</exception>
    public static ProviderEntry Find(string name, IReadOnlyList<string> available)
    {
        foreach (ProviderEntry entry in s_entries)
        {
            if (Same(entry.FullName, name) || entry.Aliases.Any(alias => Same(alias, name)))
                return available.Contains(entry.FullName) ? entry : ThrowMissing(name, available);
        }

        string? listed = available.FirstOrDefault(full => Same(full, name) || Same(full, name + Suffix));
        if (listed is null)
            return ThrowMissing(name, available);
        string append = listed.EndsWith(Suffix, StringComparison.Ordinal) ? listed[..^Suffix.Length] : listed;
        return new ProviderEntry(listed, append);
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    [DoesNotReturn]
    private static ProviderEntry ThrowMissing(string name, IReadOnlyList<string> available) => throw new OnnxRuntimeException(
        OnnxErrorCode.ProviderNotAvailable,
        $"provider '{name}' is not in this onnxruntime build (available: {string.Join(", ", available)}); " +
        "install one that has it (for CUDA and TensorRT: dotnet add package Microsoft.ML.OnnxRuntime.Gpu, " +
        "in place of Microsoft.ML.OnnxRuntime) " +
        $"or set {OnnxRuntimeLibrary.PathVariable} to its library");
}
