using System.CommandLine;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>
/// Options that say which data set is meant and how its classes are numbered; the same words in every verb that opens one.
/// </summary>
internal sealed class DataArguments
{
    private readonly Argument<string> _folder = new("DIR")
    {
        Description =
            "Data set: Roboflow COCO (train|valid|test/_annotations.coco.json), COCO (annotations/instances_*.json), "
                + "YOLO (data.yaml) or Pascal VOC.",
    };

    private readonly Option<string?> _layout =
        OptionsOf.Choice("--layout", "Which layout is meant, if the folder holds several.", "roboflow", "coco", "yolo", "voc");
    private readonly Option<string?> _classes = OptionsOf.Choice(
        "--class-ids",
        "Logit of a class: 0, 1, 2 … without gaps and without Roboflow's grouping category (the default), or its id as written.",
        "contiguous", "as-written");

    private readonly DataOpening _opening = new();

    /// <summary>For the verb's list.</summary>
    public Symbol[] Symbols => [_folder, _layout, _classes, _opening.Links];

    /// <summary>Opens the data set and reports what is odd about it.</summary>
    public Task<DataSet> OpenAsync(CliContext context) => _opening.OpenAsync(context, Folder(context), Options(context));

    public string Folder(CliContext context) => context.Get(_folder);

    public DataSetOptions Options(CliContext context) => new()
    {
        Layout = context.Get(_layout) switch
        {
            "roboflow" => DataSetLayout.RoboflowCoco,
            "coco" => DataSetLayout.Coco,
            "yolo" => DataSetLayout.Yolo,
            "voc" => DataSetLayout.Voc,
            _ => null,
        },
        FollowLinks = context.Get(_opening.Links),
        Classes = context.Get(_classes) == "as-written" ? ClassRule.AsWritten : ClassRule.Contiguous,
    };
}
