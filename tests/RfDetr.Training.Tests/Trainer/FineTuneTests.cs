using RfDetr.Cli;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>What training is for: a trained model, shown a few images of another set, finds what is in images it has not seen.</summary>
[Collection(nameof(OneAtATime))]
public sealed class FineTuneTests
{
    [SkippableFact]
    public async Task TheTrainedDemoLearnsAnotherSetWithinMinutes()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        int drawn = await CliApp.RunAsync(
            [
                "data", "synth", "--output", folder["data"], "--count", "160", "--valid", "40", "--seed", "5", "--size", "160x160",
                "--min-size", "60", "--max-objects", "3", "--min-visible", "0.5", "--classes", "ball,ring",
            ],
            TextWriter.Null, TextWriter.Null, Stream.Null);
        drawn.ShouldBe(0);

        TrainingOutcome outcome = new Training.Trainer(new TrainOptions
        {
            Model = "demo",
            Data = folder["data"],
            Output = folder["run"],
            Resolution = 160,
            Epochs = 3,
            Threads = 1,
            MultiScale = false,
            Lr = 2e-4,
            LrEncoder = 2e-4,
            LrVitLayerDecay = 1,
            LrComponentDecay = 1,
            LrScheduler = "cosine",
            ClsLossCoef = 4,
            Tensorboard = false,
            Report = false,
        })
        .Run();

        EpochScores best = outcome.Best.ShouldNotBeNull();
        best.BoxAp50.ShouldBeGreaterThanOrEqualTo(0.9);
        best.MaskAp50.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(0.85);
    }
}
