using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr inspect</c>: what a model file is, without running it.</summary>
internal static class InspectCommand
{
    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = $"Checkpoint, .onnx file, name of downloaded weights, or {ModelArguments.BuiltIn}."
        };
        Option<bool> tensors = OptionsOf.Flag("--tensors", "List every tensor.");
        var checkpoint = new CheckpointArguments();
        return new Verb(
            "inspect", "Show what a model file is: variant, shapes, classes, license, checksums.", Run,
            [file, tensors, .. checkpoint.Symbols]);

        async Task<int> Run(CliContext context)
        {
            ModelInspection found = await context.WithSignAsync(
                $"reading {context.Get(file)}",
                () => Task.Run(() => ModelInspection.Of(context.Get(file), checkpoint.Read(context)), context.Cancellation));
            context.WriteJson(CliJson.Default.InspectionDocument, () => InspectionDocument.Of(found, context.Get(tensors)));
            if (!context.WantsJson)
                InspectionText.Print(context.Human, found, context.Get(tensors));
            return ExitCodes.Done;
        }
    }
}
