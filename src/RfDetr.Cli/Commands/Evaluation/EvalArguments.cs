using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>The arguments of <c>rfdetr eval</c>.</summary>
internal sealed class EvalArguments
{
    private readonly Option<string?> _data =
        OptionsOf.Text("--data", "DIR", "Data set: COCO, YOLO or Pascal VOC, as 'data doctor' accepts it.");
    private readonly Option<string?> _split = OptionsOf.Text("--split", "NAME", "Its part (default valid).");
    private readonly Option<KeyValuePair<string, string>[]> _classMap = OptionsOf.Repeat<KeyValuePair<string, string>>(
        "--class-map", "MODEL=DATA,…",
        "Which class of the model (name or label) is which of the data set (name or category id), where names differ.",
        ParsePairs);

    private readonly Option<bool> _allowMissing =
        OptionsOf.Flag("--allow-missing", "Classes that the model does not know count as never found.");
    private readonly Option<string?> _antialias =
        OptionsOf.OnOff("--resize-antialias", "Whether shrinking smooths; otherwise as the model says.");
    private readonly Option<int?> _numSelect =
        OptionsOf.Whole("--num-select", "K", "Detections per image; otherwise the model's own.", 1, 1_000_000);
    private readonly Option<int?> _batch = OptionsOf.Whole("--batch", "B", "Images per run of the network (default 1).", 1, 1024);
    private readonly Option<string?> _output = OptionsOf.OutputFolder(
        "--output", "DIR", "Folder for detections as COCO results, evaluation.json, results.json and report.html.");
    private readonly EvaluationArguments _evaluation = new();

    public EvalArguments() => _data.Required = true;

    public ModelArguments Model { get; } = new(libtorch: true);

    public DataOpening Opening { get; } = new();

    /// <summary>In the order of the help text.</summary>
    public Symbol[] All =>
        [
            .. Model.All, _data, _split, .. _evaluation.All, _classMap, _allowMissing, _antialias, _numSelect, _batch, _output,
            Opening.Links
        ];

    public string Data(CliContext context) => context.Get(_data)!;

    public string Split(CliContext context) => context.Get(_split) ?? "valid";

    /// <summary>The kind that was asked for by name; null for all that the model and the labels have.</summary>
    public EvaluationKind? Kind(CliContext context) => _evaluation.Kind(context);

    public string? Output(CliContext context) => context.Get(_output);

    /// <summary>The options of the evaluation.</summary>
    /// <exception cref="ArgumentException">A class cannot be matched.</exception>
    public EvaluateOptions Options(CliContext context, ClassMap model, DataSplit split) => new()
    {
        Classes = ClassMatching.Of(model, split, context.Get(_classMap) ?? [], context.Get(_allowMissing)),
        Kind = _evaluation.Kind(context),
        Metrics = _evaluation.Options(context),
        ResizeRule = OptionsOf.IsOn(context.Get(_antialias)) switch
        {
            true => ResizeRule.BilinearAntialias,
            false => ResizeRule.Bilinear,
            null => null,
        },
        NumSelect = context.Get(_numSelect),
        Batch = context.Get(_batch) ?? 1,
    };

    // A name may hold a comma: where a part has no '=' of its own, the whole value is one pair.
    private static KeyValuePair<string, string>[] ParsePairs(string text)
    {
        string[] parts = ClassList.Split(text);
        return parts.Length > 0 && parts.All(p => p.Contains('=', StringComparison.Ordinal))
            ? [.. parts.Select(Pair)]
            : [Pair(text)];
    }

    private static KeyValuePair<string, string> Pair(string pair)
    {
        int at = pair.LastIndexOf('=');
        return at > 0 && at < pair.Length - 1
            ? new(pair[..at].Trim(), pair[(at + 1)..].Trim())
            : throw new FormatException("is not of the form MODEL=DATA, for instance person=pedestrian");
    }
}
