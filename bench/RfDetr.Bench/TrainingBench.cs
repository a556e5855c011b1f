using System.Diagnostics;
using RfDetr.Data;
using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Bench;

/// <summary>
/// Training of a network on a labeled data set: the whole optimizer step (forward, matching, losses, backward, clipping, AdamW),
/// and the loader alone (decoding, augmentation, resizing) against what that step consumes.
/// </summary>
internal static class TrainingBench
{
    private const int Batch = 2;

    public static void Run(string variant, int rounds, string data)
    {
        ModelConfig config = Variants.Get(variant);
        DataSplit split = DataSet.Open(data).Split("train");
        var options = new LoaderOptions
        {
            BatchSize = Batch,
            Resolution = config.Resolution,
            SizeDivisor = config.SizeDivisor,
            Masks = config.SegmentationHead,
            Workers = Environment.ProcessorCount,
            CacheBytes = 0,
        };
        var loader = new TrainingLoader(split, options);
        double loaded = Loader(loader), trained = Step(config, loader, rounds);
        Console.WriteLine(Invariant.Text(
            $"loader alone, {split.Images.Count} images of {split.Images[0].Width}×{split.Images[0].Height}, nothing "
                + $"cached, {options.Workers} workers: {loaded:f0} images/s; the step takes {trained:f2}/s: "
                + $"{loaded / trained:f0} times as many"));
    }

    private static double Loader(TrainingLoader loader)
    {
        _ = loader.Make(0, 0);
        long start = Stopwatch.GetTimestamp();
        int images = loader.Batches(0).Sum(batch => batch.Size);
        return images / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Step(ModelConfig config, TrainingLoader loader, int rounds)
    {
        using var backend = new TorchBackend();
        using var step =
            new TrainingStep(config, backend, b => new Weights(new FormulaWeights("bench"), b), new TrainingStepOptions
            {
                Schedule = new LearningRateSchedule(
                    new ScheduleOptions { Kind = ScheduleKind.Cosine, Epochs = 10 }, loader.StepsPerEpoch),
                Ema = new EmaOptions { Enabled = false },
            });
        var times = new Samples("whole step");
        for (int round = -2; round < rounds; round++)
        {
            TrainingBatch batch = loader.Make(0, round + 2);
            long start = Stopwatch.GetTimestamp();
            _ = step.Run(batch);
            if (round >= 0)
                times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        Console.WriteLine(Invariant.Text(
            $"{times.Name}, batch {Batch}, {config.GroupDetr} groups, libtorch {TorchRuntime.Version}, "
                + $"{TorchRuntime.Threads} threads: {times.Median:f0} ms (min {times.Quantile(0):f0})"));
        return Batch * 1000 / times.Median;
    }
}
