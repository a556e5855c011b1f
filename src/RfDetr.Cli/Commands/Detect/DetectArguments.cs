using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>The arguments of <c>rfdetr detect</c> and the option records they become.</summary>
internal sealed class DetectArguments
{
    public const string DefaultOutput = "out/detect";

    private readonly Option<float?> _threshold =
        OptionsOf.Number("--threshold", "T", "Only scores above this count (default 0.5).", 0, 1);

    private readonly Option<KeyValuePair<string, float>[]> _classThresholds = OptionsOf.Repeat<KeyValuePair<string, float>>(
        "--class-threshold", "NAME=T", "The threshold of one class in place of --threshold; may be repeated.",
        text => [ParseClassThreshold(text)]);

    private readonly Option<string[]> _classes = OptionsOf.Repeat<string>(
        "--classes", "A,B",
        "Keep these classes only; may be repeated. A name with a comma stands alone or in quotes "
        + "('\"cone, small\",cube'); id:3 is the class of id 3.",
        text => [text]);
    private readonly Option<string?> _antialias = OptionsOf.OnOff(
        "--resize-antialias",
        "Whether shrinking smooths; otherwise as the model says. rf-detr did until 1.8 and does not since 1.9.");
    private readonly Option<string?> _clamp =
        OptionsOf.OnOff("--clamp", "Whether boxes are cut off at the image's edges (default on).");
    private readonly Option<int?> _numSelect =
        OptionsOf.Whole("--num-select", "K", "Candidates kept before any filter; otherwise the model's own.", 1, 1_000_000);
    private readonly Option<PixelRect?> _roi =
        Sizes.Rectangle("--roi", "Show the network this part of each image only; results stay in the whole image's pixels.");
    private readonly Option<float?> _nms = OptionsOf.Number(
        "--nms", "IOU",
        "Remove boxes that overlap a better one of their class by more than IOU (off by default; RF-DETR needs none).", 0, 1);
    private readonly Option<int?> _batch =
        OptionsOf.Whole("--batch", "B", "Images per run of the network (default 1; with --optimize the quickest).", 1, 1024);
    private readonly Option<bool> _recursive = OptionsOf.Flag("--recursive", "Search folders to their depth.");
    private readonly Option<string?> _output = OptionsOf.Text(
        "--output", "DIR",
        $"Folder for everything that is written (default {DefaultOutput}; with --json alone nothing else is written).");
    private readonly Option<bool> _noImages = OptionsOf.Flag("--no-images", "Write no annotated images.", "--no-pictures");
    private readonly Option<bool> _crops =
        OptionsOf.Flag("--save-crops", "Also write each object as an image of its own, in DIR/crops.");
    private readonly Option<string[]> _formats = OptionsOf.Choices(
        "--format", "Also write the results to DIR in this format; may be repeated.", "json", "csv", "coco", "yolo");
    private readonly Option<string?> _style =
        OptionsOf.Choice("--style", "How boxes are drawn (default box).", "box", "corners", "none");
    private readonly Option<float?> _opacity =
        OptionsOf.Number("--mask-opacity", "A", "Opacity of masks, 0 to 1 (default 0.4).", 0, 1);
    private readonly Option<bool> _noLabels = OptionsOf.Flag("--no-labels", "Draw no class names and scores.");

    public Argument<string[]> Inputs { get; } = new("INPUT")
    {
        Description =
            "Images: files, folders, patterns ('shots/**/*.jpg'), http or https addresses, or - for the bytes on standard input.",
        Arity = ArgumentArity.OneOrMore,
    };

    public ModelArguments Model { get; } = new();

    public OptimizeArguments Optimize { get; } = new();

    /// <summary>In the order of the help text.</summary>
    public Symbol[] All =>
    [
        Inputs, .. Model.All, .. Optimize.All, _threshold, _classThresholds, _classes, _antialias, _clamp, _numSelect, _roi, _nms,
        _batch, _recursive,
        _output, _noImages, _crops, _formats, _style, _opacity, _noLabels,
    ];

    /// <summary>Null: as the detector prefers.</summary>
    public int? Batch(CliContext context) => context.Get(_batch);

    public bool Recursive(CliContext context) => context.Get(_recursive);

    /// <summary>For the classes of a model, before anything is written: the names are its own from here on.</summary>
    public DetectOptions Options(CliContext context, ClassMap classes) => new()
    {
        ScoreThreshold = context.Get(_threshold) ?? DetectOptions.Default.ScoreThreshold,
        ClassThresholds = (context.Get(_classThresholds) ?? [])
            .GroupBy(p => ClassList.One(p.Key, classes, "--class-threshold")).ToDictionary(g => g.Key, g => g.Last().Value),
        Classes = ClassList.Resolve(context.Get(_classes) ?? [], classes, "--classes"),
        ResizeRule = OptionsOf.IsOn(context.Get(_antialias)) switch
        {
            true => ResizeRule.BilinearAntialias,
            false => ResizeRule.Bilinear,
            null => null
        },
        ClampBoxes = OptionsOf.IsOn(context.Get(_clamp)) ?? true,
        NumSelect = context.Get(_numSelect),
        Roi = context.Get(_roi),
        NmsIoU = context.Get(_nms),
    };

    /// <summary>Output that is written besides <c>--json</c>.</summary>
    public OutputPlan Output(CliContext context)
    {
        string[] formats = [.. (context.Get(_formats) ?? []).Distinct()];
        bool crops = context.Get(_crops), jsonOnly = context.WantsJson && context.Get(_output) is null;
        return new OutputPlan(
            context.Get(_output) ?? DefaultOutput, !context.Get(_noImages) && !jsonOnly, crops, formats, new DrawOptions
            {
                Style = context.Get(_style) switch { "corners" => BoxStyle.Corners, "none" => BoxStyle.None, _ => BoxStyle.Box },
                MaskOpacity = context.Get(_opacity) ?? new DrawOptions().MaskOpacity,
                ShowLabels = !context.Get(_noLabels),
            });
    }

    private static KeyValuePair<string, float> ParseClassThreshold(string text)
    {
        int at = text.LastIndexOf('=');
        return at > 0
            ? new(text[..at].Trim(), OptionsOf.ParseNumber(text[(at + 1)..], 0, 1))
            : throw new FormatException("is not of the form NAME=T, for instance person=0.7");
    }
}

/// <summary>Files that <c>rfdetr detect</c> writes, and their folder.</summary>
/// <param name="Folder">For all of it.</param>
/// <param name="Images">Whether annotated images are written.</param>
/// <param name="Crops">Whether each object is written as an image.</param>
/// <param name="Formats">Any of json, csv, coco, yolo.</param>
/// <param name="Draw">How images are annotated.</param>
internal sealed record OutputPlan(string Folder, bool Images, bool Crops, IReadOnlyList<string> Formats, DrawOptions Draw)
{
    public bool WritesAnything => Images || Crops || Formats.Count > 0;
}
