using System.Globalization;
using System.Text.Json.Serialization;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>How a network is run: one of the possibilities between which <see cref="Detector.OptimizeForInference(OptimizeOptions, CancellationToken)"/> chooses.</summary>
/// <param name="Engine">What runs it.</param>
/// <param name="Precision">Precision of weights and products; an ONNX file has its own.</param>
/// <param name="Threads">Threads of one run, at least 1.</param>
/// <param name="Spinning">Whether waiting worker threads keep their core busy.</param>
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
        string precision = Precision switch { ExportPrecision.Float16 => ", fp16", ExportPrecision.BFloat16 => ", bf16", ExportPrecision.Int8 => ", int8", _ => "" };
        string threads = Threads == 1 ? ", 1 thread" : string.Create(CultureInfo.InvariantCulture, $", {Threads} threads");
        string batch = Batch == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $", batches of {Batch}");
        return engine + precision + threads + (Spinning ? ", spinning" : "") + batch;
    }

    /// <summary>What a detector was loaded with, with everything decided that its options leave to the engine and the model.</summary>
    /// <param name="options">How it was loaded.</param>
    /// <param name="cores">Physical cores.</param>
    /// <param name="hasPolicy">True if the model says which products may be in int8: our own engine follows that unasked.</param>
    internal static EngineChoice Of(DetectorOptions options, int cores, bool hasPolicy) => options.RunsOnOwnEngine
        ? new(EngineKind.Cpu, hasPolicy ? ExportPrecision.Int8 : options.Precision, options.Threads == 0 ? cores : options.Threads, Spinning: false)
        : new(EngineKind.OnnxRuntime, options.Precision, options.Threads == 0 ? cores : options.Threads, options.AllowSpinning);

    /// <summary>The options with this choice in them; nothing runs in int8 that was not chosen to.</summary>
    internal DetectorOptions ApplyTo(DetectorOptions options) => options with
    {
        Engine = Engine,
        Precision = Precision,
        Threads = Threads,
        AllowSpinning = Spinning,
        Quantization = Precision == ExportPrecision.Int8 ? options.Quantization : QuantizationPolicy.None,
    };

    /// <summary>Whether it can be loaded at all; a stored choice may hold anything.</summary>
    internal bool IsSound => Enum.IsDefined(Engine) && Engine != EngineKind.Auto && Enum.IsDefined(Precision) && Threads is >= 1 and <= 1024 && Batch is >= 1 and <= 1024;
}
