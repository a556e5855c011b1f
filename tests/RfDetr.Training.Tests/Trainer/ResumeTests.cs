using RfDetr.Checkpoints;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

[Collection(nameof(OneAtATime))]
public sealed class ResumeTests
{
    [SkippableTheory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(6)]
    [InlineData(11)]
    [Trait("Duration", "Long")]
    public async Task AStoppedRunGoesOnBitForBit(int stopAfter)
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        var whole = new Training.Trainer(TinyRun.Options(data, folder["whole"]));
        whole.Run().Ended.ShouldBe(TrainingEnd.Completed);

        using var stop = new CancellationTokenSource();
        TrainOptions options = TinyRun.Options(data, folder["parts"]);
        TrainingOutcome first = new Training.Trainer(options, new AtStep(stopAfter, stop.Cancel)).Run(stop.Token);
        (first.Ended, first.Steps).ShouldBe((TrainingEnd.Interrupted, stopAfter));
        new Training.Trainer(options) { Resume = true }.Run().Ended.ShouldBe(TrainingEnd.Completed);

        TinyRun.ShouldEqual(
            TinyRun.State(Path.Combine(folder["parts"], "checkpoint.pth")),
            TinyRun.State(Path.Combine(folder["whole"], "checkpoint.pth")));
    }

    [SkippableFact]
    public async Task SigTermFinishesTheStepAndSavesLikeCtrlC()
    {
        TinyRun.RequireTorch();
        Skip.If(OperatingSystem.IsWindows(), "sends a signal");
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(
            await TinyRun.DataAsync(folder, images: 60), folder["run"]).With(("epochs", 100), ("eval_interval", 100));
        using (TrainingProcess run = TrainingProcess.Start(options))
        {
            run.WaitFor("epoch 1/100 step 2/");
            run.Terminate();
            run.Wait().ShouldBe(143, run.Errors);
        }

        using Checkpoint saved = RfDetr.Checkpoints.Checkpoint.Open(Path.Combine(folder["run"], "checkpoint.pth"));
        var status = RunStatus.From(saved.Contents["rfdetr_training"], "it");
        status.Steps.ShouldBeGreaterThanOrEqualTo(2);
        status.Sums.Steps.ShouldBe(status.StepInEpoch);
    }

    [SkippableFact]
    public async Task AFinishedRunThatIsResumedSaysSo()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1));
        TrainingOutcome first = new Training.Trainer(options).Run();
        var log = new AtStep(0, () => { });

        TrainingOutcome again = new Training.Trainer(options, log) { Resume = true }.Run();

        (again.Ended, again.Epochs, again.Steps, again.BestCheckpoint).ShouldBe(
            (TrainingEnd.Completed, 1, first.Steps, first.BestCheckpoint));
        again.Best.ShouldNotBeNull().Decisive.ShouldBe(first.Best!.Decisive);
        log.Notes.ShouldContain(n =>
            n.StartsWith("this run has finished already: 1 epochs, 6 steps; ", StringComparison.Ordinal)
                && n.EndsWith("--epochs N", StringComparison.Ordinal));
        log.Notes.ShouldNotContain(n => n.StartsWith("resumed", StringComparison.Ordinal));
        new Training.Trainer(options.With(("epochs", 2)), log) { Resume = true }.Run().Steps.ShouldBe(2 * first.Steps);
        log.Notes.ShouldContain(n => n.StartsWith("resumed at epoch 2, step 0", StringComparison.Ordinal));
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task ARunThatEndsEarlySaysWhyAndDoesNotGoOn()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"])
            .With(("epochs", 9), ("early_stopping", true), ("early_stopping_patience", 2), ("early_stopping_min_delta", 1));
        var log = new AtStep(0, () => { });

        TrainingOutcome outcome = new Training.Trainer(options, log).Run();

        (outcome.Ended, outcome.Epochs).ShouldBe((TrainingEnd.Early, 3));
        log.Notes.ShouldContain(
            n =>
                n.StartsWith(
                    "stopped early, after epoch 3 of 9: none of the last 2 evaluations was better than an AP of 0.",
                    StringComparison.Ordinal)
            && n.Contains("by more than 1 (early_stopping_patience", StringComparison.Ordinal));
        var second = new AtStep(0, () => { });
        TrainingOutcome again = new Training.Trainer(options, second) { Resume = true }.Run();
        (again.Ended, again.Epochs, again.Steps).ShouldBe((TrainingEnd.Early, 3, outcome.Steps));
        second.Notes.ShouldContain(n => n.StartsWith("this run ended early, after 3 epochs", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task AFolderWithARunIsNotOverwritten()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1));
        _ = new Training.Trainer(options).Run();
        Should.Throw<ArgumentException>(() => new Training.Trainer(options).Run()).Message.ShouldContain(
            "holds a run already; go on with --resume");
        TrainOptions read = TrainOptionsFile.Read(Path.Combine(folder["run"], "config.yaml"));
        TrainOptionsFile.ToYaml(read).ShouldBe(TrainOptionsFile.ToYaml(options));
    }

    [SkippableFact]
    public async Task TheDetectorReadsWhatARunWrites()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        _ = new Training.Trainer(
            TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(("epochs", 1), ("resize_antialias", true)))
            .Run();
        using Detector detector = Detector.Load(Path.Combine(folder["run"], "checkpoint_best_total.pth"));
        detector.Model.Classes.Entries.Select(e => (e.Label, e.Name, e.DatasetId))
            .Take(2).ShouldBe([(0, "ball", 1), (1, "cube", 2)]);
        detector.Model.Classes.ClassLogits.ShouldBe(11);
        (
            detector.Model.ResizeRule, detector.Model.InputHeight, detector.Model.Has(Head.Masks))
            .ShouldBe((ResizeRule.BilinearAntialias, 48, true));
    }
}
