using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>Engine that computes the compared stages.</summary>
public enum ParityEngine
{
    /// <summary>The exported graph in ONNX Runtime, stages as extra outputs: what detection runs.</summary>
    OnnxRuntime,

    /// <summary>Our own engine on the CPU.</summary>
    Cpu,

    /// <summary>
    /// The plain reference back end, without graph, passes or native code: slow, and independent of all of them.
    /// </summary>
    Host,
}

/// <summary>Options for computing stages, and the allowed difference.</summary>
public sealed record ParityOptions
{
    /// <summary>Engine that computes the stages.</summary>
    public ParityEngine Engine { get; init; }

    /// <summary>Precision of the graph (ONNX Runtime only).</summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>Operators of the graph (ONNX Runtime only); the default is what detection uses.</summary>
    public OnnxDialect Dialect { get; init; } = OnnxDialect.OnnxRuntime;

    /// <summary>
    /// Largest allowed error as a part of the stage's largest absolute value, above 0. Null: 1e-5 where the file states the
    /// reference's own float32 error (five times that error is allowed in any case), else 1e-4; 1e-2 where the model or the
    /// bundle is in half precision.
    /// </summary>
    public double? RelativeTolerance { get; init; }

    /// <summary>Options for reading and running a checkpoint: EMA weights, variant, license, threads, library.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>Threads of our own engine and of ONNX Runtime; 0: one for each physical core.</summary>
    public int Threads { get; init; }

    internal void Validate()
    {
        if (RelativeTolerance is { } t && !(t > 0 && double.IsFinite(t)))
            throw new ArgumentException($"{nameof(RelativeTolerance)} is {t}, expected a number above 0");
        if (Engine != ParityEngine.OnnxRuntime && Precision != ExportPrecision.Float32)
            throw new ArgumentException(
                $"the {(Engine == ParityEngine.Cpu ? "cpu" : "host")} engine computes in float32 only; precision is for "
                    + $"the onnxruntime engine");
        Model.Validate();
        ToEngine().Validate();
    }

    internal Engine.OnnxRuntime ToEngine() => new() { Threads = Threads };
}
