using System.CommandLine;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary>The arguments of <c>rfdetr detect</c> and the option records they become.</summary>
internal sealed class DetectArguments
{
    public const string DefaultOutput = "out/detect";

    private readonly Option<int?> _batch =
        OptionsOf.Whole("--batch", "B", "Images per run of the network (default 1; with --optimize the quickest).", 1, 1024);
    private readonly Option<bool> _recursive = OptionsOf.Flag("--recursive", "Search folders to their depth.");
    private readonly Option<string?> _output = OptionsOf.OutputFolder(
        "--output", "DIR",
        $"Folder for everything that is written (default {DefaultOutput}; with --json alone nothing else is written).");
    private readonly Option<bool> _noImages = OptionsOf.Flag("--no-images", "Write no annotated images.", "--no-pictures");
    private readonly Option<bool> _crops =
        OptionsOf.Flag("--save-crops", "Also write each object as an image of its own, in DIR/crops.");
    private readonly Option<string[]> _formats = OptionsOf.Choices(
        "--format", "Also write the results to DIR in this format; may be repeated.", "json", "csv", "coco", "yolo");
    public Argument<string[]> Inputs { get; } = new("INPUT")
    {
        Description =
            "Images: files, folders, patterns ('shots/**/*.jpg'), http or https addresses, or - for the bytes on standard input; "
                + "or one video: a file, rtsp://…, camera:0.",
        Arity = ArgumentArity.OneOrMore,
    };

    public ModelArguments Model { get; } = new();

    public SelectionArguments Selection { get; } = new();

    public DrawArguments Draw { get; } = new();

    public TileArguments Tiles { get; } = new();

    public VideoArguments Video { get; } = new();

    public OptimizeArguments Optimize { get; } = new();

    /// <summary>In the order of the help text.</summary>
    public Symbol[] All =>
    [
        Inputs, .. Model.All, .. Optimize.All, .. Selection.All, .. Tiles.All, _batch, _recursive, _output, _noImages, _crops,
        _formats, .. Draw.All, .. Video.All,
    ];

    /// <summary>Null: as the detector prefers.</summary>
    public int? Batch(CliContext context) => context.Get(_batch);

    public bool Recursive(CliContext context) => context.Get(_recursive);

    /// <summary>Output that is written besides <c>--json</c>.</summary>
    public OutputPlan Output(CliContext context)
    {
        string[] formats = [.. (context.Get(_formats) ?? []).Distinct()];
        bool crops = context.Get(_crops), jsonOnly = context.WantsJson && context.Get(_output) is null;
        return new OutputPlan(
            context.Get(_output) ?? DefaultOutput, !context.Get(_noImages) && !jsonOnly, crops, formats, Draw.Options(context));
    }
}

/// <summary>Files that <c>rfdetr detect</c> writes, and their folder.</summary>
/// <param name="Folder">For all of it.</param>
/// <param name="Images">True if annotated images are written.</param>
/// <param name="Crops">True if each object is written as an image.</param>
/// <param name="Formats">Any of json, csv, coco, yolo.</param>
/// <param name="Draw">Appearance of annotated images.</param>
internal sealed record OutputPlan(string Folder, bool Images, bool Crops, IReadOnlyList<string> Formats, DrawOptions Draw)
{
    public bool WritesAnything => Images || Crops || Formats.Count > 0;
}
