using RfDetr.Cpu;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr;

/// <summary>Precisions in which our own engine multiplies.</summary>
public enum CpuPrecision
{
    /// <summary>int8 where the model's quantization policy allows it, else single precision.</summary>
    AsModel,

    /// <summary>Single precision throughout.</summary>
    Float32,

    /// <summary>bfloat16, on processors that have it.</summary>
    BFloat16,

    /// <summary>int8 as the model's policy says; a model without one is refused.</summary>
    Int8,
}

/// <summary>Precisions in which a checkpoint is exported for ONNX Runtime; an ONNX file has a precision of its own.</summary>
public enum OnnxPrecision
{
    /// <summary>Single precision.</summary>
    Float32,

    /// <summary>Half precision, for accelerators.</summary>
    Float16,

    /// <summary>int8 as the model's policy says; a model without one is refused.</summary>
    Int8,
}

/// <summary>Makes a custom engine for an opened model.</summary>
/// <param name="package">The model. Only to be used before the factory returns: the file is closed then.</param>
public delegate INetworkEngine EngineFactory(ModelPackage package);

/// <summary>
/// Engine that runs a network: <see cref="Auto"/>, our own engine, ONNX Runtime, or a custom one. Immutable data; a detector
/// starts it.
/// </summary>
public abstract record Engine
{
    private protected Engine()
    {
    }

    /// <summary>Our own engine for checkpoints, ONNX Runtime for ONNX files.</summary>
    public static Engine Auto { get; } = new Automatic();

    /// <summary>Threads of one run; 0: one for each physical core.</summary>
    public int Threads { get; init; }

    /// <summary>A fixed batch size to compile for; null: any.</summary>
    public int? FixedBatch { get; init; }

    /// <summary>Collects everything that is out of its range into one message.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Threads is < 0 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(Threads)} is {Threads}, expected 0..1024"));
        if (FixedBatch is < 1 or > 1024)
            wrong.Add(Invariant.Text($"{nameof(FixedBatch)} is {FixedBatch}, expected 1..1024"));
        if (wrong.Count > 0)
            throw new ArgumentException("engine: " + string.Join("; ", wrong));
    }

    /// <summary>The model's options with what this engine decides about them.</summary>
    internal virtual ModelOptions Adapt(ModelOptions options) => options;

    /// <summary>Compiles or loads the network.</summary>
    /// <exception cref="ArgumentException">This engine does not run such a model.</exception>
    internal abstract INetworkEngine Start(ModelPackage package);

    /// <summary>The precision of products, for reports.</summary>
    internal virtual string PrecisionOf(ModelInfo model, bool isOnnxFile) =>
        isOnnxFile ? "the file's own" : model.Quantization is null ? "fp32" : "int8";

    /// <exception cref="ArgumentException">int8 is asked for, and nothing says which products may be.</exception>
    internal static void RequirePolicy(ModelInfo model)
    {
        if (model.Quantization is null)
            throw new ArgumentException(
                $"'{model.Name}' has no quantization policy that says what may be in int8; make one with: rfdetr quantize");
    }

    /// <summary>Our own engine for checkpoints, ONNX Runtime for ONNX files.</summary>
    public sealed record Automatic : Engine
    {
        internal override INetworkEngine Start(ModelPackage package) => package is OnnxPackage
            ? new OnnxRuntime { Threads = Threads, FixedBatch = FixedBatch }.Start(package)
            : new Cpu { Threads = Threads, FixedBatch = FixedBatch }.Start(package);
    }

    /// <summary>Our own engine on the CPU; it runs checkpoints.</summary>
    public sealed record Cpu : Engine
    {
        /// <summary>Precision in which products are computed.</summary>
        public CpuPrecision Precision { get; init; }

        /// <summary>Notes what weights are multiplied with, for calibration.</summary>
        internal ActivationObserver? Observer { get; init; }

        internal override ModelOptions Adapt(ModelOptions options) => Precision is CpuPrecision.Float32 or CpuPrecision.BFloat16
            ? options with { Quantization = QuantizationPolicy.None }
            : options;

        internal override INetworkEngine Start(ModelPackage package)
        {
            if (package is not CheckpointPackage model)
                throw new ArgumentException(
                    $"'{package.FileName}' is an ONNX file, which ONNX Runtime runs; our own engine takes checkpoints");
            if (Precision == CpuPrecision.Int8)
                RequirePolicy(model.Info);
            var options = new CpuOptions
            {
                Threads = Threads == 0 ? ProcessorCores.Physical : Threads,
                Observer = Observer,
                Int8 = model.Info.Quantization?.ToProducts(model.Checkpoint.Names),
                BFloat16 = Precision == CpuPrecision.BFloat16
                    ? model.Checkpoint.Names.Where(n => QuantizationBlocks.Of(n) is not null).ToHashSet()
                    : null,
            };
            return new CpuEngine(
                CpuNetwork.Compile(model.Record(FixedBatch), options, FixedBatch ?? 1), model.Contract(FixedBatch));
        }

        internal override string PrecisionOf(ModelInfo model, bool isOnnxFile) =>
            Precision == CpuPrecision.BFloat16 ? "bf16" : base.PrecisionOf(model, isOnnxFile);
    }

    /// <summary>ONNX Runtime: checkpoints, exported in memory, and ONNX files; on the CPU or on accelerators.</summary>
    public sealed record OnnxRuntime : Engine
    {
        /// <summary>The precision that checkpoints are exported in.</summary>
        public OnnxPrecision Precision { get; init; }

        /// <summary>Providers in order of preference (<c>cpu</c>, <c>cuda</c>, …); empty: none is asked for.</summary>
        public IReadOnlyList<ExecutionProvider> Providers { get; init; } = [];

        /// <summary>
        /// True lets waiting worker threads keep their core busy: a little less latency, everything else slower.
        /// </summary>
        public bool AllowSpinning { get; init; }

        /// <summary>Folder or file of another ONNX Runtime library; null: the first one found.</summary>
        public string? LibraryPath { get; init; }

        internal override INetworkEngine Start(ModelPackage package) => package switch
        {
            OnnxPackage file => StartFile(file),
            CheckpointPackage model => StartCheckpoint(model),
            _ => throw new ArgumentException($"ONNX Runtime does not run '{package.FileName}'"),
        };

        internal override string PrecisionOf(ModelInfo model, bool isOnnxFile) => isOnnxFile
            ? base.PrecisionOf(model, isOnnxFile)
            : Precision switch { OnnxPrecision.Float16 => "fp16", OnnxPrecision.Int8 => "int8", _ => "fp32" };

        private INetworkEngine StartCheckpoint(CheckpointPackage model)
        {
            if (Precision == OnnxPrecision.Int8)
                RequirePolicy(model.Info);
            IOnnxSession session = SessionFactory.FromBytes(model.ToOnnx(ToExport(Precision), FixedBatch), this);
            return session.ToEngine(DetectionContract.Of(session.Inputs, session.Outputs), model.Contract(FixedBatch));
        }

        private INetworkEngine StartFile(OnnxPackage file)
        {
            if (FixedBatch is { } batch && file.Contract.FixedBatch is { } own && batch != own)
            {
                throw new ArgumentException(Invariant.Text(
                    $"'{file.FileName}' is compiled for batches of {own}, asked for {batch}; export the checkpoint with "
                        + $"that batch"));
            }

            IOnnxSession session = SessionFactory.FromFile(file.Path, this);
            try
            {
                return session.ToEngine(file.Contract, Sizes(file.Contract, session));
            }
            catch
            {
                session.Dispose();
                throw;
            }
        }

        // What the file leaves open is learnt from one run on an empty image.
        private static NetworkContract Sizes(DetectionContract c, IOnnxSession session)
        {
            NetworkContract known = c.ToNetwork();
            if (!known.Outputs.Any(o => o.Shape.Contains(0)))
                return known;
            DType type = c.Input.ElementType == OnnxElementType.Float16 ? DType.Float16 : DType.Float32;
            int[] shape = [c.FixedBatch ?? 1, 3, c.Height, c.Width];
            long bytes = shape.Aggregate((long)type.SizeInBytes(), (product, size) => checked(product * size));
            var image = new HostTensor(type, shape, new byte[bytes]);
            IReadOnlyDictionary<string, HostTensor> results =
                session.Run(new Dictionary<string, HostTensor> { [c.Input.Name] = image });
            return known with
            {
                Outputs = [.. known.Outputs.Select(o => o with { Shape = results[c.NameOf(o.Name)].Shape.ToArray()[1..] })]
            };
        }

        internal static ExportPrecision ToExport(OnnxPrecision precision) => precision switch
        {
            OnnxPrecision.Float16 => ExportPrecision.Float16,
            OnnxPrecision.Int8 => ExportPrecision.Int8,
            _ => ExportPrecision.Float32,
        };
    }

    /// <summary>An engine of the caller's own.</summary>
    /// <param name="Create">Makes it for an opened model.</param>
    public sealed record Custom(EngineFactory Create) : Engine
    {
        internal override INetworkEngine Start(ModelPackage package) => Create(package);
    }
}

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
