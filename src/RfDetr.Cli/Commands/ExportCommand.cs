using System.CommandLine;
using System.Globalization;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Onnx;

namespace RfDetr.Cli.Commands;

/// <summary><c>rfdetr export</c>: a checkpoint as an ONNX file, or in another checkpoint format.</summary>
internal static class ExportCommand
{
    private const int MostPixels = 8192, MostImages = 1024, AnyBatch = 0;

    public static Command Create()
    {
        var file = new Argument<string>("FILE")
        {
            Description = $"Checkpoint, name of downloaded weights, or {ModelArguments.BuiltIn}."
        };
        Option<string?> output = OptionsOf.OutputFile("--output", "PATH", "Where to write: .onnx, .safetensors or .pth.");
        var triton = new TritonArguments();
        Option<string?> precision = OptionsOf.Choice(
            "--precision",
            "Weights, and products of an .onnx file (default fp32); int8 needs a model from 'quantize', bf16 is for "
                + "checkpoints. A checkpoint in fp16 or bf16 leaves the arguments of its training behind.",
            "fp32", "fp16", "bf16", "int8");
        Option<(int First, int Second)?> resolution = Sizes.Pair(
            "--resolution", "HxW", "Input size in pixels, multiples of patch size × windows (default: the model's own).",
            MostPixels);
        Option<int?> batch =
            OptionsOf.Make<int?>("--batch", "N|dynamic", "A fixed number of images per run, or any (default dynamic).", Batch);
        Option<string?> dialect = OptionsOf.Choice(
            "--dialect", "ONNX's own operators, or ONNX Runtime's faster ones besides (default portable).", "portable",
            "onnxruntime");
        Option<string?> int8Weights = OptionsOf.Choice(
            "--int8-weights",
            "Weights of int8 products in an .onnx file (default signed: ONNX Runtime is quickest with them; unsigned "
                + "ones are slightly more precise).",
            "signed", "unsigned");
        var checkpoint = new CheckpointArguments();
        return new Verb(
            "export", "Write a model for other runtimes: ONNX, safetensors, .pth.", Run,
            [file, output, .. triton.Symbols, precision, resolution, batch, dialect, int8Weights, .. checkpoint.Symbols]);

        async Task<int> Run(CliContext context)
        {
            TritonTarget? repository = triton.Read(context, context.Get(output));
            var request = new ExportRequest
            {
                Precision = context.Get(precision) switch
                {
                    "fp16" => ExportPrecision.Float16,
                    "bf16" => ExportPrecision.BFloat16,
                    "int8" => ExportPrecision.Int8,
                    _ => ExportPrecision.Float32
                },
                Dialect = context.Get(dialect) == "onnxruntime" ? OnnxDialect.OnnxRuntime : OnnxDialect.Portable,
                Int8Weights = context.Get(int8Weights) == "unsigned" ? Int8WeightForm.Unsigned : Int8WeightForm.Signed,
                Batch = context.Get(batch) is int fixedBatch and not AnyBatch ? fixedBatch : null,
                Model = checkpoint.Read(context) with
                {
                    InputSize = context.Get(resolution) is (int height, int width) ? new ImageSize(height, width) : null,
                },
            };
            string model = context.Get(file);
            if (repository is null)
            {
                Report(context, await Made(() => Exporter.Export(model, context.Get(output)!, request)), null);
            }
            else
            {
                TritonExport made =
                    await Made(() => TritonRepository.Export(model, repository.Folder, repository.Options, request));
                Report(context, made.File, made);
            }

            return ExitCodes.Done;

            Task<T> Made<T>(Func<T> export) =>
                context.WithProgressAsync("exporting", _ => Task.Run(export, context.Cancellation));
        }
    }

    private static int? Batch(string text) => text.Equals("dynamic", StringComparison.OrdinalIgnoreCase) ? AnyBatch
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int value)
            && value is >= 1 and <= MostImages ? value
        : throw new FormatException($"is neither 'dynamic' nor a whole number from 1 to {MostImages}");

    private static void Report(CliContext context, ExportResult result, TritonExport? triton)
    {
        foreach (string warning in result.Warnings)
            context.Warn(warning);
        context.WriteJson(CliJson.Default.ExportDocument, () => ExportDocument.Of(result, triton));
        if (context.WantsJson)
            return;
        string size = (result.Bytes / 1e6).ToString("0.0", CultureInfo.InvariantCulture);
        context.Human.Profile.Out.Writer.WriteLine($"{result.Path}: {result.Variant}, {size} MB");
        if (result.DataPath is { } data)
            context.Human.Profile.Out.Writer.WriteLine($"{data}: its constants; keep it beside the model");
        if (triton is not null)
            context.Human.Profile.Out.Writer.WriteLine(
                $"{triton.ConfigPath}: model '{triton.Name}' for Triton, version {triton.Version}");
    }
}
