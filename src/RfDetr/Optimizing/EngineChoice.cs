using System.Globalization;
using System.Text.Json.Serialization;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>
/// One way to run a network among those between which
/// <see cref="Detector.OptimizeForInference(OptimizeOptions, CancellationToken)"/> chooses.
/// </summary>
/// <param name="Engine">Engine that runs the network.</param>
/// <param name="Precision">Precision of weights and products; an ONNX file has its own.</param>
/// <param name="Threads">Threads of one run, at least 1.</param>
/// <param name="Spinning">True if waiting worker threads keep their core busy.</param>
/// <param name="Batch">Images per run where several are at hand, at least 1.</param>
public sealed record EngineChoice(EngineKind Engine, ExportPrecision Precision, int Threads, bool Spinning, int Batch = 1)
{
    /// <summary>True if products are less precise than single precision.</summary>
    [JsonIgnore]
    public bool IsReduced => Precision != ExportPrecision.Float32;

    /// <summary>For people, e.g. <c>ONNX Runtime, 2 threads, spinning</c>.</summary>
    public override string ToString()
    {
        string engine = Engine == EngineKind.Cpu ? "our CPU engine" : "ONNX Runtime";
        string precision = Precision switch
        {
            ExportPrecision.Float16 => ", fp16",
            ExportPrecision.BFloat16 => ", bf16",
            ExportPrecision.Int8 => ", int8",
            _ => ""
        };
        string threads = Threads == 1 ? ", 1 thread" : string.Create(CultureInfo.InvariantCulture, $", {Threads} threads");
        string batch = Batch == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", batches of {Batch}");
        return engine + precision + threads + (Spinning ? ", spinning" : "") + batch;
    }

    /// <summary>
    /// The choice that a detector was loaded with, with everything decided that its engine leaves to the model and the machine.
    /// </summary>
    /// <param name="engine">Engine that the detector was loaded with.</param>
    /// <param name="isOnnxFile">True for a file that ONNX Runtime alone can run.</param>
    /// <param name="cores">Physical cores.</param>
    /// <param name="hasPolicy">True if the model says which products may be in int8: our own engine follows that unasked.</param>
    internal static EngineChoice Of(Engine engine, bool isOnnxFile, int cores, bool hasPolicy)
    {
        int threads = engine.Threads == 0 ? cores : engine.Threads;
        ExportPrecision asModel = hasPolicy ? ExportPrecision.Int8 : ExportPrecision.Float32;
        return engine switch
        {
            RfDetr.Engine.OnnxRuntime o =>
                new(EngineKind.OnnxRuntime, RfDetr.Engine.OnnxRuntime.ToExport(o.Precision), threads, o.AllowSpinning),
            RfDetr.Engine.Cpu { Precision: CpuPrecision.Float32 } => new(EngineKind.Cpu, ExportPrecision.Float32, threads, false),
            RfDetr.Engine.Cpu { Precision: CpuPrecision.BFloat16 } =>
                new(EngineKind.Cpu, ExportPrecision.BFloat16, threads, false),
            _ when isOnnxFile => new(EngineKind.OnnxRuntime, ExportPrecision.Float32, threads, false),
            _ => new(EngineKind.Cpu, asModel, threads, false),
        };
    }

    /// <summary>
    /// The engine of this choice; what only the first one says (a provider, a library, a fixed batch) is kept, and nothing runs
    /// in int8 that was not chosen to.
    /// </summary>
    internal Engine ToEngine(Engine first) => Engine == EngineKind.Cpu
        ? new RfDetr.Engine.Cpu
        {
            Threads = Threads,
            FixedBatch = first.FixedBatch,
            Precision = Precision switch
            {
                ExportPrecision.BFloat16 => CpuPrecision.BFloat16,
                ExportPrecision.Int8 => CpuPrecision.Int8,
                _ => CpuPrecision.Float32
            },
        }
        : (first as RfDetr.Engine.OnnxRuntime ?? new()) with
        {
            Threads = Threads,
            FixedBatch = first.FixedBatch,
            AllowSpinning = Spinning,
            Precision = Precision switch
            {
                ExportPrecision.Float16 => OnnxPrecision.Float16,
                ExportPrecision.Int8 => OnnxPrecision.Int8,
                _ => OnnxPrecision.Float32
            },
        };

    /// <summary>True if it can be loaded at all; a stored choice may hold anything.</summary>
    internal bool IsValid =>
        Enum.IsDefined(Engine)
            && Engine != EngineKind.Auto && Enum.IsDefined(Precision) && Threads is >= 1 and <= 1024 && Batch is >= 1 and <= 1024;
}
