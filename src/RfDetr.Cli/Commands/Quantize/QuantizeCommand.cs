using System.CommandLine;
using RfDetr.Cli.Documents;
using RfDetr.Cli.Framework;
using RfDetr.Data;

namespace RfDetr.Cli.Commands;

/// <summary>
/// <c>rfdetr quantize</c>: which blocks of a model may run in int8 within a loss of average precision, found by measuring.
/// </summary>
internal sealed class QuantizeCommand
{
    private const int UsualCalibration = 100;
    private readonly Option<string?> _model = OptionsOf.Text("--model", "FILE", "The checkpoint.");
    private readonly Option<string?> _data = OptionsOf.Text("--data", "DIR", "Labeled images: COCO, YOLO or Pascal VOC.");
    private readonly Option<string?> _split =
        OptionsOf.Text("--split", "NAME", "The part that precision is measured on (default valid).");
    private readonly Option<int?> _images =
        OptionsOf.Whole("--images", "N", "Measure on its first N images only; quicker, and coarser.", 1, 1_000_000);
    private readonly Option<string?> _output =
        OptionsOf.OutputFile("--output", "FILE", "Where to write: a .safetensors file with 8-bit weights and the policy.");
    private readonly Option<float?> _budget =
        OptionsOf.Number("--budget", "POINTS", "Points of average precision (×100) that may be lost (default 0.5).", 0, 100);
    private readonly Option<int?> _calibration =
        OptionsOf.Whole("--calibration", "N", "Calibration images (default 100), spread evenly over their split.", 1, 100_000);
    private readonly Option<string?> _calibrationSplit =
        OptionsOf.Text("--calibration-split", "NAME", "Where they come from (default train, else the measured part).");
    private readonly Option<string?> _activations = OptionsOf.Choice(
        "--activations", "Scales of activations: each row's own, or the calibrated range (default rows).", "rows", "calibrated");
    private readonly Option<int?> _activationBits = OptionsOf.Whole(
        "--activation-bits", "N",
        "Bits of activations, 8 (default) or 7: quicker on AVX2 and AVX-512 without VNNI, for a little precision.", 7, 8);
    private readonly Option<int?> _threads =
        OptionsOf.Whole("--threads", "N", "Threads of one run; 0 (the default): one for each core.", 0, 1024);
    private readonly CheckpointArguments _checkpoint = new();
    private readonly DataOpening _opening = new();

    private QuantizeCommand() => (_model.Required, _data.Required, _output.Required) = (true, true, true);

    public static Command Create()
    {
        var c = new QuantizeCommand();
        return new Verb(
            "quantize",
            "Bring a checkpoint to int8 for our own engine: measure what each block costs, keep within a budget, write "
                + "policy and weights.",
            c.RunAsync,
            [
                c._model, c._data, c._split, c._images, c._output, c._budget, c._calibration, c._calibrationSplit, c._activations,
                c._activationBits, c._threads, c._opening.Links, .. c._checkpoint.Symbols
            ]);
    }

    private async Task<int> RunAsync(CliContext context)
    {
        (string model, string output) = (context.Get(_model)!, context.Get(_output)!);
        ModelQuantizer.CheckOutput(model, output);
        ModelOptions options = _checkpoint.Read(context);
        DataSet data = await _opening.OpenAsync(context, context.Get(_data)!).ConfigureAwait(false);
        DataSplit split = data.Split(context.Get(_split) ?? "valid");
        if (split.Images.Count == 0)
            throw new ArgumentException($"the split '{split.Name}' has no images to look at");
        string[] calibration = Calibration(context, data, split);
        IReadOnlyList<QuantizedBlock> blocks =
            await Task.Run(() => ModelQuantizer.Blocks(model, options), context.Cancellation).ConfigureAwait(false);

        QuantizationPolicy policy = await context.WithProgressAsync(
            "quantizing", bar => SearchAsync(context, model, options, split, calibration, blocks, bar)).ConfigureAwait(false);
        long bytes = await Task.Run(
            () => ModelQuantizer.Write(model, output, policy, options), context.Cancellation).ConfigureAwait(false);
        Report(context, policy, output, bytes);
        return ExitCodes.Done;
    }

    private async Task<QuantizationPolicy> SearchAsync(
        CliContext context, string model, ModelOptions options, DataSplit split, string[] calibration,
        IReadOnlyList<QuantizedBlock> blocks, IProgressBar bar)
    {
        QuantizationPolicy start = await Task.Run(
            () => ModelQuantizer.Calibrate(
                model, calibration, options, context.Get(_threads) ?? 0,
                done => bar.Report(done, calibration.Length, "calibration"),
                context.Cancellation), context.Cancellation).ConfigureAwait(false);
        start = start with
        {
            Activations = context.Get(_activations) == "calibrated" ? ActivationScales.Calibrated : ActivationScales.Rows,
            ActivationBits = context.Get(_activationBits) ?? start.ActivationBits,
        };
        var meter = new PrecisionMeter(model, options, split, context.Get(_images)) { Threads = context.Get(_threads) ?? 0 };
        string note = "";
        var progress = new ActionProgress<int>(done => bar.Report(done, meter.Images, note));
        var search = new QuantizationSearch(blocks, (policy, cancellation) => meter.MeasureAsync(policy, progress, cancellation));
        QuantizationPolicy policy = await search.RunAsync(
            start, context.Get(_budget) ?? 0.5,
            (what, done, all) => note = Invariant.Text($"{done + 1} of {all}, {what}"),
            context.Cancellation).ConfigureAwait(false);
        return policy with { Measured = meter.Measure };
    }

    // Evenly spread: a data set's neighbors are often frames of one film.
    private string[] Calibration(CliContext context, DataSet data, DataSplit split)
    {
        DataSplit from = context.Get(_calibrationSplit) is { } name
            ? data.Split(name)
            : data.TryGetSplit("train", out DataSplit? train) && train.Images.Count > 0
            ? train
            : split;
        int wanted = context.Get(_calibration) ?? UsualCalibration, there = from.Images.Count;
        if (there < wanted)
            context.Warn(
                Invariant.Text(
                    $"the split '{from.Name}' has {there} images, fewer than the {wanted} wanted for calibration; all of "
                        + $"them are taken"));
        int count = Math.Min(wanted, there);
        return [.. Enumerable.Range(0, count).Select(i => from.Images[(int)((long)i * there / count)].File)];
    }

    private static void Report(CliContext context, QuantizationPolicy policy, string output, long bytes)
    {
        if (!policy.IsActive)
            context.Warn("no block is left in int8 within the budget; the file holds the weights in float");
        context.WriteJson(
            CliJson.Default.QuantizedDocument, () => new QuantizedDocument(output, bytes, QuantizationDocument.Of(policy)));
        if (context.WantsJson)
            return;
        context.Human.Write(QuantizationText.Blocks(policy));
        context.Human.Profile.Out.Writer.WriteLine(QuantizationText.Summary(policy));
        context.Human.Profile.Out.Writer.WriteLine(Invariant.Text($"{output}: {bytes / 1e6:0.0} MB"));
    }
}
