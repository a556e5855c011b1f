using RfDetr.Checkpoints;
using RfDetr.Tensors;
using RfDetr.Torch;

namespace RfDetr.Training;

/// <summary>Result of a step that was taken again.</summary>
/// <param name="Total">The loss.</param>
/// <param name="Terms">Its terms.</param>
/// <param name="GradientNorm">Of all gradients.</param>
/// <param name="FirstNotFinite">The first stage of the network whose values are not finite; null if all are.</param>
/// <param name="Files">The batch's images.</param>
internal sealed record ReplayReport(
    double Total, IReadOnlyList<(string Name, double Value)> Terms, double GradientNorm, string? FirstNotFinite,
    IReadOnlyList<string> Files)
{
    /// <summary>True if nothing was wrong this time.</summary>
    public bool IsFinite => double.IsFinite(Total) && double.IsFinite(GradientNorm) && FirstNotFinite is null;
}

/// <summary>Takes a step again that ended a run because it was not finite, and says where it went wrong.</summary>
internal static class StepReplay
{
    /// <summary>Replays a file that a run left.</summary>
    /// <exception cref="CheckpointFormatException">It is no such file.</exception>
    public static ReplayReport Run(string path)
    {
        using Checkpoint file = Checkpoint.Open(path);
        if (
            file.Contents[NotFinite.Key] is not PlainMap saved
                || !saved.TryGet("batches", out List<object?>? stored) || !saved.TryGet("seed", out long seed))
            throw new CheckpointFormatException($"{file.Name}: is no step that a run has saved for replay");
        TrainOptions options = RunArgs.Options(file.Args, file.Name);
        Model.ModelConfig config = ConfigInference.Explain(file).Config;
        TrainingBatch[] batches = [.. stored.Select(b => Batch(b, file.Name))];
        using var backend = new TorchBackend(
            new TorchBackendOptions
            {
                Device = Trainer.DeviceOf(options, RankEnvironment.Alone),
                DropPathRate = options.Model.DropPath,
                KeepTap = _ => true
            });
        TorchRuntime.ManualSeed(options.Seed);
        using var step = new TrainingStep(
            config, backend, b => new Weights(file, b),
            TrainingStepOptions.Of(options with { Ema = new EmaOptions { Enabled = false }, Adapter = new AdapterOptions() }, 1));
        TorchRuntime.ManualSeed(seed);
        GradientStep result = step.Gradients(batches);
        return new ReplayReport(
            result.Total, result.Terms, result.Norm, FirstNotFinite(backend), [.. batches.SelectMany(b => b.Files)]);
    }

    private static string? FirstNotFinite(TorchBackend backend)
    {
        string? weight = backend.Parameters.Where(p => HostCopies.Of(p.Value).ToSingles().Any(v => !float.IsFinite(v)))
            .Select(p => $"weight {p.Key}").FirstOrDefault();
        return weight
            ?? backend.Taps.Where(t => t.Value.DType == DType.Float32 && t.Value.ToSingles().Any(v => !float.IsFinite(v)))
                .Select(t => t.Key).FirstOrDefault();
    }

    private static TrainingBatch Batch(object? value, string name)
    {
        if (value is not PlainMap map || !map.TryGet("pixels", out StoredTensor? pixels) || pixels.Shape.Count != 4
            || !map.TryGet("files", out List<object?>? files)
                || !map.TryGet("targets", out List<object?>? targets) || targets.Count != pixels.Shape[0])
            throw Broken(name);
        return new TrainingBatch(
            pixels.Load().ToSingles(), pixels.Shape[2], pixels.Shape[3], [.. targets.Select(t => Read(t, name))],
            [.. files.Select(f => f as string ?? "")]);
    }

    private static Target Read(object? value, string name)
    {
        if (
            value is not PlainMap map
                || !map.TryGet("boxes", out StoredTensor? boxes) || !map.TryGet("labels", out List<object?>? labels)
            || boxes.Count != 4L * labels.Count || !map.TryGet("image", out long image) || labels.Any(l => l is not long))
            throw Broken(name);
        TargetMask[]? masks = map["masks"] is List<object?> list ? [.. list.Select(m => Mask(m, name))] : null;
        return new Target(boxes.Load().ToSingles(), [.. labels.Select(l => (int)(long)l!)], masks, image);
    }

    private static TargetMask Mask(object? value, string name) =>
        value is List<object?> and [long x, long y, long width, long height, byte[] pixels]
            && width >= 0 && height >= 0 && width * height == pixels.Length
            ? new TargetMask((int)x, (int)y, (int)width, (int)height, pixels)
            : throw Broken(name);

    private static CheckpointFormatException Broken(string name) => new($"{name}: the saved step is damaged");
}
