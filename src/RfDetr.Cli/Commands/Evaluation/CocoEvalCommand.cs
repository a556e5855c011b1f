using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr coco-eval GT.json DT.json</c>: pycocotools' numbers for any result file.</summary>
internal sealed class CocoEvalCommand
{
    private readonly Argument<string> _truth = new("GT.json") { Description = "COCO ground truth." };
    private readonly Argument<string> _results = new("DT.json")
    {
        Description = "A list of detections: image_id, category_id, score, and bbox or segmentation."
    };
    private readonly EvaluationArguments _arguments = new();

    public static Command Create()
    {
        var c = new CocoEvalCommand();
        return new Verb(
            "coco-eval",
            "Compare a COCO result file with ground truth: the numbers of pycocotools, per class, and at the best score "
                + "threshold.",
            c.Run, [c._truth, c._results, .. c._arguments.All]);
    }

    private Task<int> Run(CliContext context)
    {
        (string truth, string results) = (context.Get(_truth), context.Get(_results));
        foreach (string path in (string[])[truth, results])
        {
            if (!File.Exists(path))
                throw new FileNotFoundException($"there is no file '{path}'");
        }

        EvaluationResult result = CocoComparison.Run(truth, results, _arguments.Options(context), context.Cancellation);
        context.WriteJson(json => EvaluationJson.Write(json, result));
        if (!context.WantsJson)
            EvaluationText.Print(context.Human, result);
        return Task.FromResult(ExitCodes.Done);
    }
}

/// <summary>The options of <c>coco-eval</c> and <c>eval</c> about what is compared.</summary>
internal sealed class EvaluationArguments
{
    private readonly Option<string?> _kind =
        OptionsOf.Choice("--kind", "What is compared: boxes or masks (default bbox).", "bbox", "segm");

    private readonly Option<int[]?> _maxDetections = OptionsOf.Make<int[]?>(
        "--max-dets", "1,10,100",
        "How many detections of an image and class count: three rising limits (default 1,10,100); AP is of the last.",
        ParseLimits);

    public IEnumerable<Option> All => [_kind, _maxDetections];

    /// <summary>The kind that was asked for; null if none was.</summary>
    public EvaluationKind? Kind(CliContext context) => context.Get(_kind) switch
    {
        "segm" => EvaluationKind.Masks,
        "bbox" => EvaluationKind.Boxes,
        _ => null,
    };

    public EvaluationOptions Options(CliContext context) => new()
    {
        Kind = Kind(context) ?? EvaluationKind.Boxes,
        MaxDetections = context.Get(_maxDetections) is { Length: > 0 } limits ? limits : new EvaluationOptions().MaxDetections,
    };

    private static int[] ParseLimits(string text)
    {
        int[] limits =
        [
            .. text.Split(',').Select(part =>
                int.TryParse(part, NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture, out int limit) ? limit : 0)
        ];
        return limits is [> 0, _, _] && limits[0] < limits[1] && limits[1] < limits[2]
            ? limits
            : throw new FormatException("is not three rising whole numbers with commas between them, for instance 1,10,100");
    }
}
