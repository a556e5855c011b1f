using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Data;
using Spectre.Console;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr data convert</c>: a data set in another layout, and what did not fit into it.</summary>
internal sealed class DataConvertCommand
{
    private readonly DataArguments _data = new();
    private readonly Option<string?> _to =
        OptionsOf.Choice("--to", "Layout to write: coco (Roboflow's), yolo or voc.", "coco", "yolo", "voc");
    private readonly Option<string?> _output = OptionsOf.OutputFolder("--output", "DIR", "New folder for it.");
    private readonly Option<bool> _link = OptionsOf.Flag(
        "--link", "Make hard links to the images instead of copies (both folders on one drive).");
    private readonly Option<bool> _loss = OptionsOf.Flag(
        "--allow-loss", "Leave out and count objects that the layout cannot hold, such as crowd regions in YOLO's.");

    public static Command Create()
    {
        var c = new DataConvertCommand();
        c._to.Required = true;
        c._output.Required = true;
        return new Verb(
            "convert",
            "Write a data set in another layout, read it back, and say what does not fit into it. Without --allow-loss no "
            + "object is left out.",
            c.RunAsync, [.. c._data.Symbols, c._to, c._output, c._link, c._loss]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        string output = context.Get(_output)!;
        var options = new ConversionOptions
        {
            To = context.Get(_to) switch
            {
                "yolo" => DataSetLayout.Yolo,
                "voc" => DataSetLayout.Voc,
                _ => DataSetLayout.RoboflowCoco
            },
            Link = context.Get(_link),
            AllowLoss = context.Get(_loss),
        };
        DataSet data = await _data.OpenAsync(context).ConfigureAwait(false);
        ConversionReport report = await context.WithProgressAsync("writing", bar => Task.Run(
            () =>
                DataConverter.Convert(data, output, options, new ImageProgress(bar),
                    context.Cancellation), context.Cancellation)).ConfigureAwait(false);
        context.WriteJson(CliJson.Default.ConversionDocument, () => ConversionDocument.Of(output, options.To, report));
        context.Human.MarkupLineInterpolated(
            $"{Invariant.Plural(report.Images, "image")} with {Invariant.Plural(report.Objects, "object")} in {output}");
        foreach (string lost in report.Lost)
            context.Warn(lost);
        return ExitCodes.Done;
    }
}
