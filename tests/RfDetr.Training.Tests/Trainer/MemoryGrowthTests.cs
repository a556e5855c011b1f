using RfDetr.Tests.Torch;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>Two thousand steps of a real run: loader, network, losses, optimizer, average, checkpoints, evaluations.</summary>
[Collection(nameof(OneAtATime))]
[Trait("Duration", "Long")]
public sealed class MemoryGrowthTests
{
    private const int Images = 40, Steps = 2000, WarmUp = 300, Every = 50;

    // Heaps of libtorch and .NET breathe by a few megabytes. The smallest thing a step could forget, the pixels of its batch, is
    // 55 kB: 94 MB
    // in 1,700 steps; this allowance finds 10 kB a step.
    private const long Allowance = 16 << 20;

    [SkippableFact]
    public async Task TwoThousandStepsHoldNoMoreThanThreeHundred()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        var meter = new MemoryMeter();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder, Images), folder["run"], masks: false).With(
            ("epochs", Steps / (Images / 2)), ("eval_interval", 25), ("checkpoint_interval", 1000));
        new Training.Trainer(options, meter).Run().Steps.ShouldBe(Steps);

        meter.LiveTensors.Count.ShouldBe(Steps);
        meter.LiveTensors.Skip(1).Distinct().ShouldHaveSingleItem("tensors alive after every step but the first");
        long before = Median(meter.WorkingSets.Take(meter.WorkingSets.Count / 4)),
        after = Median(meter.WorkingSets.TakeLast(meter.WorkingSets.Count / 4));
        (after - before).ShouldBeLessThan(Allowance, $"{string.Join(", ", meter.WorkingSets.Select(b => b >> 20))} MB");
    }

    private static long Median(IEnumerable<long> values)
    {
        long[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    private sealed class MemoryMeter : ITrainingLog
    {
        public List<long> LiveTensors { get; } = new(Steps);

        public List<long> WorkingSets { get; } = [];

        public void Step(StepProgress progress)
        {
            LiveTensors.Add(TorchRuntime.LiveTensors);
            if (LiveTensors.Count < WarmUp || LiveTensors.Count % Every != 0)
                return;
            GC.Collect();
            GC.WaitForPendingFinalizers();
            WorkingSets.Add(Environment.WorkingSet);
        }

        public void Note(string message)
        {
        }

        public void Warn(string message)
        {
        }

        public void Evaluating(int done, int total)
        {
        }

        public void Epoch(EpochProgress progress)
        {
        }
    }
}
