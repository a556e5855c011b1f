using System.Diagnostics.CodeAnalysis;

namespace RfDetr.Onnx;

/// <summary>How one execution provider is called by users, by ONNX Runtime's list, and by its append functions.</summary>
/// <param name="FullName">Name in the list of available providers.</param>
/// <param name="AppendName">Name that the generic append function takes.</param>
/// <param name="Export">Older builds: an exported function (options, int) for providers that their generic one does not know.</param>
/// <param name="ExportOption">The option whose number that function takes.</param>
/// <param name="Aliases">Short names, lower case.</param>
internal sealed record ProviderEntry(string FullName, string AppendName, string? Export, string? ExportOption, params string[] Aliases);

/// <summary>The providers that are known by a short name; any other that the library lists can be used by its full name.</summary>
internal static class ProviderTable
{
    public const string Cpu = "CPUExecutionProvider";
    public const string Cuda = "CUDAExecutionProvider";
    public const string TensorRT = "TensorrtExecutionProvider";
    public const string DirectML = "DmlExecutionProvider";

    private const string Suffix = "ExecutionProvider";

    private static readonly ProviderEntry[] s_entries =
    [
        new(Cpu, "CPU", null, null, "cpu"),
        new(Cuda, "CUDA", null, null, "cuda"),
        new(TensorRT, "TensorRT", null, null, "tensorrt", "trt"),
        new("NvTensorRTRTXExecutionProvider", "NvTensorRtRtx", null, null, "tensorrt-rtx", "nvtensorrtrtx"),
        new(DirectML, "DML", "OrtSessionOptionsAppendExecutionProvider_DML", "device_id", "directml", "dml"),
        new("CoreMLExecutionProvider", "CoreML", "OrtSessionOptionsAppendExecutionProvider_CoreML", "coreml_flags", "coreml"),
        new("OpenVINOExecutionProvider", "OpenVINO", null, null, "openvino"),
        new("MIGraphXExecutionProvider", "MIGraphX", "OrtSessionOptionsAppendExecutionProvider_MIGraphX", "device_id", "migraphx"),
        new("ROCMExecutionProvider", "ROCM", "OrtSessionOptionsAppendExecutionProvider_ROCM", "device_id", "rocm"),
        new("DnnlExecutionProvider", "Dnnl", "OrtSessionOptionsAppendExecutionProvider_Dnnl", "use_arena", "dnnl", "onednn"),
        new("QNNExecutionProvider", "QNN", null, null, "qnn"),
        new("XnnpackExecutionProvider", "XNNPACK", null, null, "xnnpack"),
        new("WebGpuExecutionProvider", "WebGPU", null, null, "webgpu"),
        new("VitisAIExecutionProvider", "VitisAI", null, null, "vitisai"),
        new("AzureExecutionProvider", "AZURE", null, null, "azure"),
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
        return new ProviderEntry(listed, append, null, null);
    }

    private static bool Same(string a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    [DoesNotReturn]
    private static ProviderEntry ThrowMissing(string name, IReadOnlyList<string> available) => throw new OnnxRuntimeException(
        OnnxErrorCode.ProviderNotAvailable,
        $"provider '{name}' is not in this onnxruntime build (available: {string.Join(", ", available)}); " +
        $"install one that has it or set {OnnxRuntime.PathVariable} to its library");
}
