using RfDetr.Cli;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// Purpose of training: a trained model, shown a few images of another set, finds what is in images it has not seen.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class FineTuneTests
{
    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task TheTrainedDemoLearnsAnotherSetWithinMinutes()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        int drawn = await CliApp.RunAsync(
            [
                "data", "synth", "--output", folder["data"], "--count", "160", "--valid", "40", "--seed", "5", "--size",
                "160x160",
                "--min-size", "60", "--max-objects", "3", "--min-visible", "0.5", "--classes", "ball,ring",
            ],
            TextWriter.Null, TextWriter.Null, Stream.Null);
        drawn.ShouldBe(0);

        string images = folder["data"], run = folder["run"];
        // snippet: train
        var options = new TrainOptions
        {
            Model = new() { Start = "demo", Resolution = 160 },
            Data = new() { Folder = images },
            Schedule = new() { Epochs = 3, Kind = ScheduleKind.Cosine },
            Optimizer = new() { LearningRate = 2e-4, EncoderLearningRate = 2e-4, LayerDecay = 1, ComponentDecay = 1 },
            Loss = new() { ClassWeight = 4 },
            Output = new() { Folder = run, TensorBoard = false, Report = false },
            Hardware = new() { Threads = 1 },
        };
        TrainingOutcome outcome = new RfDetr.Training.Trainer(options).Run();
        // end

        EpochScores best = outcome.Best.ShouldNotBeNull();
        best.BoxAp50.ShouldBeGreaterThanOrEqualTo(0.9);
        best.MaskAp50.ShouldNotBeNull().ShouldBeGreaterThanOrEqualTo(0.85);
    }
}
