using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>The options that say what to keep of what the network sees.</summary>
internal sealed class SelectionArguments
{
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

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All =>
        [_threshold, _classThresholds, _classes, _antialias, _clamp, _numSelect, _roi, _nms];

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

    private static KeyValuePair<string, float> ParseClassThreshold(string text)
    {
        int at = text.LastIndexOf('=');
        return at > 0
            ? new(text[..at].Trim(), OptionsOf.ParseNumber(text[(at + 1)..], 0, 1))
            : throw new FormatException("is not of the form NAME=T, for instance person=0.7");
    }
}
