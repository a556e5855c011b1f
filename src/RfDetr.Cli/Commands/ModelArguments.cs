using System.CommandLine;
using RfDetr.Cli.Engines;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;

namespace RfDetr.Cli.Commands;

/// <summary>The options that choose a model and what runs it.</summary>
internal sealed class ModelArguments
{
    private const string Libtorch = "libtorch";

    private readonly Option<string?> _model = OptionsOf.Text(
        "--model", "NAME|FILE",
        $"Downloaded weights (nano … seg-2xlarge), a .pth, .pt, .ckpt, .safetensors or .onnx file, or a model that is "
            + $"always there: {BuiltIn} (default demo).");

    private readonly Option<string?> _variant =
        OptionsOf.Text("--variant", "NAME", "The variant a checkpoint must be; otherwise found from its shapes.");
    private readonly Option<string?> _classNames = OptionsOf.Text(
        "--class-names", "A,B|FILE", "Class names where the file has none, in the order of the logits; a FILE has one per line.");
    private readonly Option<int?> _classOffset = OptionsOf.Whole(
        "--class-offset", "K", "Logit of the first class name: 0 (rf-detr 1.9.2 and newer) or 1 (before).", 0, 100_000);
    private readonly Option<(int Height, int Width)?> _resolution = Sizes.Pair(
        "--resolution", "HxW", "Input height and width of the network, multiples of patch·windows; otherwise the model's own.",
        8192);
    private readonly Option<string?> _precision = OptionsOf.Choice(
        "--precision",
        "Precision of a checkpoint's weights and products (default fp32): fp16 in ONNX Runtime, bf16 in our own engine "
            + "on processors that have it; int8 needs a model from 'quantize', which our own engine runs in int8 by itself.",
        "fp32", "fp16", "bf16", "int8");
    private readonly Option<bool> _ema =
        OptionsOf.Flag("--ema", "Take the averaged (EMA) weights of a checkpoint that has both.");
    private readonly Option<bool> _accept =
        OptionsOf.Flag("--accept-license", "You have read and accept the license of weights that ask for it (PML-1.0).");

    private readonly Option<string?> _engine;

    private readonly Option<ExecutionProvider[]> _providers = OptionsOf.Repeat<ExecutionProvider>(
        "--provider", "P",
        "ONNX Runtime's provider: cpu, cuda, tensorrt, directml, coreml, …, with options as in cuda:device_id=1; repeat "
            + "for second choices.",
        text => [ExecutionProvider.Parse(text)]);

    private readonly Option<int?> _threads =
        OptionsOf.Whole("--threads", "N", "Threads of one run; 0 (the default): one for each physical core.", 0, 1024);
    private readonly Option<string?> _runtime =
        OptionsOf.Text("--onnxruntime", "PATH", "Another ONNX Runtime library, or the folder it is in.");

    /// <summary>For a verb.</summary>
    /// <param name="libtorch">True if the verb also runs checkpoints on libtorch.</param>
    public ModelArguments(bool libtorch = false) => _engine = OptionsOf.Choice(
        "--engine",
        $"What runs a checkpoint: our own engine on the CPU or ONNX "
            + $"Runtime{(libtorch ? ", or libtorch as in training" : "")}; auto (the default) takes our own unless something "
            + $"is asked for that ONNX Runtime alone has.",
        libtorch ? ["auto", "cpu", "onnxruntime", Libtorch] : ["auto", "cpu", "onnxruntime"]);

    /// <summary>The models that come with the program, for help texts.</summary>
    public static string BuiltIn { get; } = string.Join(" or ", BuiltInModels.Names.Select(n => $"'{n}'"));

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All =>
        [
            _model, _variant, _classNames, _classOffset, _resolution, _precision, _ema, _accept, _engine, _providers, _threads,
            _runtime
        ];

    /// <summary>Without the model itself, for verbs that take several.</summary>
    public IEnumerable<Option> Shared => All.Where(o => o != _model);

    /// <summary>The options that belong to the machine that runs a model, and the file it has of it.</summary>
    public IEnumerable<Option> Machine => [_model, _accept, _engine, _providers, _threads, _runtime];

    /// <summary>True if the caller accepts the license of weights that ask for it.</summary>
    public bool AcceptsLicense(CliContext context) => context.Get(_accept);

    /// <summary>The model that was named; null if none was.</summary>
    public string? NamedModel(CliContext context) => context.Get(_model);

    /// <summary>The precision that was named; null if none was.</summary>
    public string? Precision(CliContext context) => context.Get(_precision);

    public string Model(CliContext context) => context.Get(_model) ?? BuiltInModels.Default;

    /// <summary>Meaning of the model: the options that say how its file is read.</summary>
    public ModelOptions Options(CliContext context) => new()
    {
        Variant = context.Get(_variant),
        ClassNames = context.Get(_classNames) is { } names ? ReadNames(names) : null,
        ClassOffset = context.Get(_classOffset),
        InputSize = context.Get(_resolution) is (int height, int width) ? new ImageSize(height, width) : null,
        Weights = context.Get(_ema) ? WeightSet.Averaged : WeightSet.Regular,
        AcceptLicense = context.Get(_accept),
    };

    /// <summary>
    /// The engine that is named, else the one that alone has what is asked for, else the detector's own choice.
    /// </summary>
    public Engine Engine(CliContext context) => Engine(context, Model(context), context.Get(_precision));

    /// <summary>As above, for a model and a precision that come from elsewhere.</summary>
    public Engine Engine(CliContext context, string model, string? precision)
    {
        (string? engine, int threads) = (context.Get(_engine), context.Get(_threads) ?? 0);
        (ExecutionProvider[] providers, string? library) = (context.Get(_providers) ?? [], context.Get(_runtime));
        switch (engine)
        {
            case Libtorch when precision is not (null or "fp32") || providers.Length > 0 || library is not null:
                throw new ArgumentException(
                    "--engine libtorch computes in fp32 on the CPU; --precision, --provider and --onnxruntime belong to "
                        + "other engines");
            case Libtorch:
                return new Engine.Custom(TorchEngine.Factory(threads)) { Threads = threads };
            case "cpu" when precision == "fp16":
                throw new ArgumentException(
                    "--precision fp16 belongs to ONNX Runtime; our own engine computes in fp32, bf16 and int8");
            case "cpu" when providers.Length > 0:
                throw new ArgumentException("--provider belongs to ONNX Runtime, but --engine is cpu");
            case "onnxruntime" when precision == "bf16":
                throw new ArgumentException("--precision bf16 belongs to our own engine: --engine cpu");
        }

        bool needsOnnx = providers.Length > 0 || library is not null || precision == "fp16";
        if (engine == "onnxruntime" || (engine != "cpu" && needsOnnx))
        {
            return precision != "bf16"
                ? new Engine.OnnxRuntime
                {
                    Threads = threads,
                    Precision = precision switch
                    {
                        "fp16" => OnnxPrecision.Float16,
                        "int8" => OnnxPrecision.Int8,
                        _ => OnnxPrecision.Float32
                    },
                    Providers = providers,
                    LibraryPath = library,
                }
                : throw new ArgumentException(
                    "--precision bf16 belongs to our own engine, --provider and --onnxruntime to ONNX Runtime");
        }

        bool isOnnxFile = engine != "cpu" && ModelReference.Parse(model) is ModelReference.Onnx;
        return engine == "cpu" || (precision is "bf16" or "int8" && !isOnnxFile)
            ? new Engine.Cpu
            {
                Threads = threads,
                Precision =
                    precision switch { "bf16" => CpuPrecision.BFloat16, "int8" => CpuPrecision.Int8, _ => CpuPrecision.AsModel },
            }
            : precision == "bf16"
                ? throw new ArgumentException(
                    $"'{model}' is an ONNX file, which has its own precision; --precision bf16 is for checkpoints")
                : new Engine.Automatic { Threads = threads };
    }

    /// <summary>Loads a model; on a terminal with a sign that something happens.</summary>
    public static Task<Detector> LoadAsync(CliContext context, string model, ModelOptions options, Engine engine) =>
        context.WithSignAsync(
            $"loading {model}", () => Detector.LoadAsync(model, options, engine, context.Cancellation));

    private static string[] ReadNames(string text)
    {
        string[] names = File.Exists(text)
            ? [.. File.ReadAllLines(text).Select(line => line.Trim()).Where(line => line.Length > 0)]
            : ClassList.Split(text);
        return names.Length > 0 && names.All(n => n.Length > 0)
            ? names
            : throw new ArgumentException(
                $"--class-names '{text}' has an empty name; give names with commas between them, or a file with one per line");
    }
}
