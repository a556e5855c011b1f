namespace RfDetr;

/// <summary>What runs a network.</summary>
public enum EngineKind
{
    /// <summary>ONNX Runtime.</summary>
    Auto,

    /// <summary>Our own engine on the CPU: checkpoints in single precision and, where a quantization policy allows it, int8.</summary>
    Cpu,

    /// <summary>ONNX Runtime.</summary>
    OnnxRuntime,
}
