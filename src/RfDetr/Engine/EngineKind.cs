namespace RfDetr;

/// <summary>Kinds of engines that run a network.</summary>
public enum EngineKind
{
    /// <summary>
    /// Our own engine for checkpoints, unless something is asked for that only ONNX Runtime has: a provider, a library by path,
    /// spinning, half precision. ONNX Runtime for ONNX files.
    /// </summary>
    Auto,

    /// <summary>
    /// Our own engine on the CPU: checkpoints in single precision and, where a quantization policy allows it, int8.
    /// </summary>
    Cpu,

    /// <summary>ONNX Runtime.</summary>
    OnnxRuntime,
}
