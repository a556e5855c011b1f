using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>The arguments of <c>rfdetr eval</c>.</summary>
internal sealed class EvalArguments
{
    private readonly Option<string?> _data = OptionsOf.Text("--data", "DIR", "Data set: COCO, YOLO or Pascal VOC, as 'data doctor' accepts it.");
    private readonly Option<string?> _split = OptionsOf.Text("--split", "NAME", "Its part (default valid).");
    private readonly Option<KeyValuePair<string, string>[]> _classMap = OptionsOf.Repeat<KeyValuePair<string, string>>(
        "--class-map", "MODEL=DATA,…", "Which class of the model (name or label) is which of the data set (name or category id), where names differ.", ParsePairs);

    private readonly Option<bool> _allowMissing = OptionsOf.Flag("--allow-missing", "Classes that the model does not know count as never found.");
    private readonly Option<string?> _antialias = OptionsOf.OnOff("--resize-antialias", "Whether shrinking smooths; otherwise as the model says.");
    private readonly Option<int?> _numSelect = OptionsOf.Whole("--num-select", "K", "Detections per image; otherwise the model's own.", 1, 1_000_000);
    private readonly Option<int?> _batch = OptionsOf.Whole("--batch", "B", "Images per run of the network (default 1).", 1, 1024);
    private readonly Option<string?> _output = OptionsOf.Text("--output", "DIR", "Folder for detections as COCO results, evaluation.json, results.json and report.html.");
    private readonly EvaluationArguments _evaluation = new();

    public EvalArguments() => _data.Required = true;

    public ModelArguments Model { get; } = new(libtorch: true);

    /// <summary>In the order of the help text.</summary>
    public Symbol[] All =>
        [.. Model.All, _data, _split, .. _evaluation.All, _classMap, _allowMissing, _antialias, _numSelect, _batch, _output];

    public string Data(CliContext context) => context.Get(_data)!;

    public string Split(CliContext context) => context.Get(_split) ?? "valid";

    public int Batch(CliContext context) => context.Get(_batch) ?? 1;

    public string? Output(CliContext context) => context.Get(_output);

    public bool AllowMissing(CliContext context) => context.Get(_allowMissing);

    public IReadOnlyList<KeyValuePair<string, string>> ClassMap(CliContext context) => context.Get(_classMap) ?? [];

    public EvaluationOptions Evaluation(CliContext context) => _evaluation.Options(context);

    /// <summary>Whether masks are compared: if asked for they must be there, if boxes are asked for they are not, otherwise if they are there.</summary>
    public bool Masks(CliContext context, bool modelHasMasks, DataSplit split)
    {
        EvaluationKind? kind = _evaluation.Kind(context);
        if (kind == EvaluationKind.Masks && !modelHasMasks)
            throw new ArgumentException("--kind segm: the model finds no masks; take a seg-… variant, or compare boxes");
        if (kind == EvaluationKind.Masks && !split.HasMasks)
            throw new ArgumentException($"--kind segm: not every object of the split '{split.Name}' has a mask; compare boxes");
        return kind != EvaluationKind.Boxes && modelHasMasks && split.HasMasks;
    }

    /// <summary>Everything the network selects, as the metrics need it.</summary>
    public DetectOptions Detect(CliContext context, bool masks) => new()
    {
        ScoreThreshold = 0,
        NumSelect = context.Get(_numSelect),
        ResizeRule = OptionsOf.IsOn(context.Get(_antialias)) switch { true => ResizeRule.BilinearAntialias, false => ResizeRule.Bilinear, null => null },
        Masks = masks,
    };

    private static KeyValuePair<string, string>[] ParsePairs(string text) =>
    [
        .. text.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(pair =>
        {
            int at = pair.LastIndexOf('=');
            return at > 0 && at < pair.Length - 1
                ? new KeyValuePair<string, string>(pair[..at].Trim(), pair[(at + 1)..].Trim())
                : throw new FormatException("is not of the form MODEL=DATA, for instance person=pedestrian");
        }),
    ];
}
