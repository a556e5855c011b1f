using RfDetr.Cpu;
using RfDetr.Onnx;

namespace RfDetr;

/// <summary>How a model is loaded. Everything that the file itself says needs no option.</summary>
public sealed record DetectorOptions
{
    /// <summary>What runs the network.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>Runs the networks of checkpoints in the caller's own way, on libtorch for instance, instead of what <see cref="Engine"/> says; null: as that says.</summary>
    public NetworkEngineFactory? CustomEngine { get; init; }

    /// <summary>ONNX Runtime's providers in order of preference (<c>cpu</c>, <c>cuda</c>, …); empty: none is asked for.</summary>
    public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [];

    /// <summary>Threads of one run; 0: one for each physical core.</summary>
    public int Threads { get; init; }

    /// <summary>Whether waiting worker threads of ONNX Runtime keep their core busy: a little less latency, slower everything else.</summary>
    public bool AllowSpinning { get; init; }

    /// <summary>Folder or file of another ONNX Runtime library; null: the first one found.</summary>
    public string? OnnxRuntimePath { get; init; }

    /// <summary>Precision of weights and products for checkpoints; an ONNX file has its own. Our own engine follows the model's <see cref="Quantization"/> by itself, ONNX Runtime with <see cref="ExportPrecision.Int8"/>; <see cref="ExportPrecision.BFloat16"/>, which our own engine alone computes in, takes the place of such a policy.</summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>Which products our own engine computes from 8-bit integers; null: as the model says. <see cref="QuantizationPolicy.None"/> for none. Float weights are rounded first, as a file with the policy would hold them: both give the same.</summary>
    public QuantizationPolicy? Quantization { get; init; }

    /// <summary>Input height and width in pixels, multiples of patch·windows; null: the model's own.</summary>
    public (int Height, int Width)? Resolution { get; init; }

    /// <summary>A fixed batch size to compile for; null: any.</summary>
    public int? FixedBatch { get; init; }

    /// <summary>How images are resized; null: as the model says, else without antialias.</summary>
    public ResizeRule? ResizeRule { get; init; }

    /// <summary>Candidates kept before any filter; null: the model's own.</summary>
    public int? NumSelect { get; init; }

    /// <summary>The variant a checkpoint must be; null: found from its shapes.</summary>
    public string? Variant { get; init; }

    /// <summary>Names of the classes where the file has none, in the order of the logits (see <see cref="ClassOffset"/>).</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Logit index of the first name; null: by the file's own rule.</summary>
    public int? ClassOffset { get; init; }

    /// <summary>Takes the averaged (EMA) weights of a checkpoint that has both.</summary>
    public bool PreferEma { get; init; }

    /// <summary>The caller accepts the license of weights that ask for it (xlarge, 2xlarge: PML-1.0).</summary>
    public bool AcceptLicense { get; init; }

    /// <summary>True where our own engine is to run a checkpoint: by its name, or as nothing is asked for that only ONNX Runtime has.</summary>
    internal bool RunsOnOwnEngine => Engine == EngineKind.Cpu
        || (Engine == EngineKind.Auto && Providers.Count == 0 && OnnxRuntimePath is null && !AllowSpinning && Precision != ExportPrecision.Float16);

    /// <summary>True where a model's policy is followed.</summary>
    internal bool RunsInInt8(ModelCard card) => card.Quantization is not null && (RunsOnOwnEngine || Precision == ExportPrecision.Int8);

    /// <summary>Notes what weights are multiplied with, in our own engine.</summary>
    internal ActivationObserver? Observer { get; init; }

    internal CpuOptions ToCpu() => new() { Threads = Threads == 0 ? ProcessorCores.Physical : Threads, Observer = Observer };

    internal void Validate()
    {
        var wrong = new List<string>();
        if (Threads is < 0 or > 1024)
            wrong.Add($"{nameof(Threads)} is {Threads}, expected 0..1024");
        if (Resolution is { } size && (size.Height is < 1 or > 8192 || size.Width is < 1 or > 8192))
            wrong.Add($"{nameof(Resolution)} is {size.Height}×{size.Width}, expected 1..8192 a side");
        if (FixedBatch is < 1 or > 1024)
            wrong.Add($"{nameof(FixedBatch)} is {FixedBatch}, expected 1..1024");
        if (NumSelect is < 1)
            wrong.Add($"{nameof(NumSelect)} is {NumSelect}, expected 1 or more");
        if (Engine == EngineKind.Cpu && Precision == ExportPrecision.Float16)
            wrong.Add($"{nameof(Precision)} is {Precision}, our own engine computes in {ExportPrecision.Float32}, {ExportPrecision.BFloat16} and {ExportPrecision.Int8}; choose {nameof(EngineKind)}.{EngineKind.OnnxRuntime}");
        if (Precision == ExportPrecision.BFloat16 && !RunsOnOwnEngine)
            wrong.Add($"{nameof(Precision)} is {Precision}, in which our own engine alone computes; choose {nameof(EngineKind)}.{EngineKind.Cpu} and nothing that belongs to ONNX Runtime");
        if (CustomEngine is not null && (Engine != EngineKind.Auto || Precision != ExportPrecision.Float32 || Providers.Count > 0 || FixedBatch is not null))
            wrong.Add($"{nameof(CustomEngine)} decides for itself: leave {nameof(Engine)}, {nameof(Precision)}, {nameof(Providers)} and {nameof(FixedBatch)} as they are");
        if (Engine == EngineKind.Cpu && Providers.Count > 0)
            wrong.Add($"{nameof(Providers)} has {Providers.Count} of ONNX Runtime's, but {nameof(Engine)} is {Engine}");
        if (wrong.Count > 0)
            throw new ArgumentException("detector options: " + string.Join("; ", wrong));
    }
}
