using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using RfDetr.Checkpoints;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tools;

/// <summary>
/// Compares a network with expected values stage by stage, so that a difference is found where it arises: against golden files
/// with formula weights, or a checkpoint of one's own against a bundle of stages from rf-detr, another machine or another
/// version.
/// </summary>
public static class ParityCheck
{
    private const string OwnSalt = "parity";

    /// <summary>The golden files behind a path: the file itself, or all <c>.safetensors</c> files of a folder by name.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static IReadOnlyList<string> GoldenFiles(string fileOrFolder)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(fileOrFolder);
        string[] files = Directory.Exists(fileOrFolder) ? [
            .. Directory.EnumerateFiles(fileOrFolder, "*.safetensors").Order(StringComparer.Ordinal)
        ]
            : File.Exists(fileOrFolder) ? [fileOrFolder] : [];
        return files.Length > 0
            ? files
            : throw new FileNotFoundException(
                $"there is no golden file '{fileOrFolder}' (or no .safetensors file in that folder)", fileOrFolder);
    }

    /// <summary>Builds the network of a golden file with formula weights, runs it and compares every stage of the file.</summary>
    /// <param name="path">Golden file: stages, and as metadata variant, salt, batch, resolution, err_* and shape_*.</param>
    /// <param name="options">Options of the run; the file's own tolerances hold unless they are given.</param>
    /// <exception cref="CheckpointFormatException">It is no golden file.</exception>
    public static ParityReport Golden(string path, ParityOptions? options = null)
    {
        options ??= new ParityOptions();
        options.Validate();
        StageBundle bundle = StageBundle.Open(path);
        string salt = bundle.Text("salt") ?? throw new CheckpointFormatException(
            $"'{bundle.FileName}' has no salt in its metadata, so it is no golden file; compare a checkpoint's bundle "
                + $"with --weights and --bundle");
        ModelConfig config = GoldenConfig(bundle);
        var formula = new FormulaWeights(salt);
        int resolution = bundle.Number("resolution");
        HostTensor input = formula.Input(bundle.Number("batch"), resolution, resolution);
        bool ranked = salt.StartsWith("ranked", StringComparison.Ordinal);
        return Compare(
            bundle, new ModelSource(config.Variant, config, backend => new Weights(formula, backend), null), input,
            rowsAsSet: !ranked, options);
    }

    /// <summary>Runs a model on the bundle's input and compares every stage of the bundle.</summary>
    /// <param name="model">
    /// Checkpoint, hosted name or <c>demo</c>; of an <c>.onnx</c> file the results alone are compared.
    /// </param>
    /// <param name="bundle">
    /// Safetensors file with <c>input</c> and stages, as <see cref="WriteBundle"/> or rf-detr with hooks writes it.
    /// </param>
    /// <param name="options">Options for reading and running the model.</param>
    /// <exception cref="CheckpointFormatException">
    /// The bundle or the checkpoint is broken, or they do not belong together.
    /// </exception>
    public static ParityReport Bundle(string model, string bundle, ParityOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new ParityOptions();
        options.Validate();
        StageBundle expected = StageBundle.Open(bundle);
        HostTensor input = expected.Input ?? throw new CheckpointFormatException(
            $"'{expected.FileName}' has no tensor 'input' [B, 3, H, W]; a bundle needs what the network was given");
        if (ResultsOnly(model, options) is { } path)
            return Results(expected, path, StageRun.RunFile(path, input, options), options);
        using ModelSource source = ModelSource.Open(ModelReference.Parse(model), options.Model);
        CheckSize(source.Config, input);
        return Compare(expected, source, input, rowsAsSet: false, options);
    }

    /// <summary>Writes a model's own stages, so that two engines, machines or versions can be compared.</summary>
    /// <param name="model">Checkpoint, hosted name or <c>demo</c>.</param>
    /// <param name="output">The safetensors file to write.</param>
    /// <param name="options">Options for reading and running the model.</param>
    /// <param name="inputFrom">A bundle whose input to use; null for values from a formula at the model's resolution.</param>
    /// <returns>Names of the written stages.</returns>
    public static IReadOnlyList<string> WriteBundle(
        string model, string output, ParityOptions? options = null, string? inputFrom = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(model);
        options ??= new ParityOptions();
        options.Validate();
        using ModelSource source = ModelSource.Open(ModelReference.Parse(model), options.Model);
        (int height, int width) = options.Model.InputSize ?? new ImageSize(source.Config.Resolution, source.Config.Resolution);
        HostTensor input = (inputFrom is null ? null : StageBundle.Open(inputFrom).Input)
            ?? new FormulaWeights(OwnSalt).Input(1, height, width);
        CheckSize(source.Config, input);
        Dictionary<string, HostTensor> stages = StageRun.Run(source.Weights, source.Config, input, StageNames.IsUsual, options);
        string[] names = [.. StageNames.InOrder(stages.Keys)];
        SafetensorsWriter.Write(output, new CheckpointContent
        {
            Weights = new TensorSet(stages.Append(new("input", input)).ToDictionary()),
            Metadata = new PlainMap(
            [
                new("variant", source.Config.Variant), new("engine", options.Engine.ToString()),
                new(StageBundle.PrecisionFact, options.Precision.ToString()),
                new("source", $"RfDetr {typeof(ParityCheck).Assembly.GetName().Version!.ToString(3)}"),
            ]),
        });
        return names;
    }

    private static ParityReport Compare(
        StageBundle bundle, ModelSource source, HostTensor input, bool rowsAsSet, ParityOptions options)
    {
        var wanted = bundle.Stages.Select(s => s.Name).ToHashSet();
        Dictionary<string, HostTensor> stages = StageRun.Run(source.Weights, source.Config, input, wanted.Contains, options);
        var comparer = new StageComparer(bundle, rowsAsSet, options);
        var results = new List<StageResult>();
        foreach (ExpectedStage expected in bundle.Stages.Where(s => !IsPost(s.Name)))
            results.Add(comparer.Compare(expected, Actual(stages, expected.Name, bundle)));
        // Proposals that were selected otherwise cannot be found among the detections.
        if (comparer.Displaced == 0 && bundle.Stages.Any(s => IsPost(s.Name)))
            results.AddRange(PostStage.Compare(bundle, comparer, stages));
        return new(bundle.Path, source.Config.Variant, Describe(options), results);
    }

    private static ParityReport Results(
        StageBundle bundle, string path, Dictionary<string, HostTensor> stages, ParityOptions options)
    {
        // An .onnx file has its own precision, whatever the options say.
        bool isHalf = OnnxModelInfo.Read(path).ConstantTypes.Contains(OnnxElementType.Float16);
        var comparer = new StageComparer(bundle, rowsAsSet: false, options, isHalf);
        StageResult[] results =
        [
            .. bundle.Stages.Where(s => stages.ContainsKey(Whole(s.Name))).Select(s => comparer.Compare(s, stages[Whole(s.Name)]))
        ];
        return results.Length > 0
            ? new(
                bundle.Path, Path.GetFileName(path),
                Describe(isHalf ? options with { Precision = ExportPrecision.Float16 } : options), results)
            : throw new CheckpointFormatException(
                $"'{bundle.FileName}' has none of the stages that an .onnx file gives: {StageNames.Logits}, "
                    + $"{StageNames.Boxes}, {StageNames.Masks}");
    }

    private static string? ResultsOnly(string model, ParityOptions options)
    {
        if (ModelReference.Parse(model) is not ModelReference.Onnx file)
            return null;
        return options.Engine == ParityEngine.OnnxRuntime
            ? file.Locate(options.Model.AcceptLicense)
            : throw new ArgumentException($"the {Describe(options)} engine runs checkpoints, '{model}' is an .onnx file");
    }

    private static HostTensor Actual(Dictionary<string, HostTensor> stages, string stage, StageBundle bundle) =>
        stages.TryGetValue(Whole(stage), out HostTensor? tensor)
        ? tensor
        : throw new CheckpointFormatException(
            $"'{bundle.FileName}' has a stage '{stage}' that this network has not; it has "
                + $"{string.Join(", ", StageNames.InOrder(stages.Keys))}");

    private static ModelConfig GoldenConfig(StageBundle bundle)
    {
        string variant = bundle.Text("variant") ?? "";
        if (!Variants.TryGet(variant, out ModelConfig? config))
            throw new CheckpointFormatException(
                $"'{bundle.FileName}': its metadata has variant '{variant}', expected one of "
                    + $"{string.Join(", ", Variants.All.Select(v => v.Variant))}");
        // Classes are the data set's affair: xlarge and 2xlarge have 366 logits in their published configuration and 91 in their
        // weights.
        return bundle.Find(StageNames.Logits) is { Shape: [_, _, > 0 and var classes] }
            ? config with { ClassLogits = classes }
            : config;
    }

    private static void CheckSize(ModelConfig config, HostTensor input)
    {
        (int height, int width) = (input.Shape[2], input.Shape[3]);
        if (height % config.SizeDivisor != 0 || width % config.SizeDivisor != 0)
        {
            throw new ArgumentException(string.Create(
                CultureInfo.InvariantCulture,
                $"the input is {height}×{width} pixels, '{config.Variant}' takes multiples of {config.SizeDivisor} "
                    + $"(patch size {config.PatchSize} × {config.NumWindows} windows)"));
        }
    }

    private static string Whole(string stage) => stage == StageNames.FirstMasks ? StageNames.Masks : stage;

    private static bool IsPost(string stage) => stage.StartsWith("post.", StringComparison.Ordinal);

    private static string Describe(ParityOptions options) => options.Engine switch
    {
        ParityEngine.Host => "host",
        ParityEngine.Cpu => "cpu",
        _ => $"onnxruntime {options.Precision}",
    };
}

/// <summary>Tensors by name in memory.</summary>
internal sealed class TensorSet(IReadOnlyDictionary<string, HostTensor> tensors) : IWeightSource
{
    public IReadOnlyCollection<string> Names { get; } = [.. tensors.Keys];

    public bool TryGet(string name, [NotNullWhen(true)] out HostTensor? tensor) => tensors.TryGetValue(name, out tensor);
}
