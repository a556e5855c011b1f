using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>The options that say how objects are drawn.</summary>
internal sealed class DrawArguments
{
    private static readonly Dictionary<string, BoxStyle> s_styles = new(StringComparer.OrdinalIgnoreCase)
    {
        ["box"] = BoxStyle.Box,
        ["corners"] = BoxStyle.Corners,
        ["masks"] = BoxStyle.None,
        ["labels"] = BoxStyle.Labels,
        ["blur"] = BoxStyle.Blur,
        ["pixelate"] = BoxStyle.Pixelate,
        ["none"] = BoxStyle.None,
    };

    private readonly Option<string?> _style = OptionsOf.Choice(
        "--style",
        "How objects are drawn (default box): box and corners with masks where there are some, masks (or none) without boxes, "
            + "labels only; blur and pixelate hide what is inside the boxes.",
        [.. s_styles.Keys]);

    private readonly Option<float?> _opacity =
        OptionsOf.Number("--mask-opacity", "A", "Opacity of masks, 0 to 1 (default 0.4).", 0, 1);

    private readonly Option<bool> _noLabels = OptionsOf.Flag("--no-labels", "Draw no class names and scores.");

    /// <summary>In the order of the help text.</summary>
    public IEnumerable<Option> All => [_style, _opacity, _noLabels];

    public DrawOptions Options(CliContext context) => new()
    {
        Style = context.Get(_style) is { } style ? s_styles[style] : BoxStyle.Box,
        MaskOpacity = context.Get(_opacity) ?? new DrawOptions().MaskOpacity,
        ShowLabels = !context.Get(_noLabels),
    };
}
