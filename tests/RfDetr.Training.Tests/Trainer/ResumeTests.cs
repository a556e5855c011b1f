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

        TinyRun.ShouldEqual(TinyRun.State(Path.Combine(folder["parts"], "checkpoint.pth")), TinyRun.State(Path.Combine(folder["whole"], "checkpoint.pth")));
    }

    [SkippableFact]
    public async Task AFolderWithARunIsNotOverwritten()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]) with { Epochs = 1 };
        _ = new Training.Trainer(options).Run();
        Should.Throw<ArgumentException>(() => new Training.Trainer(options).Run()).Message.ShouldContain("holds a run already; go on with --resume");
        TrainOptions read = TrainOptionsFile.Read(Path.Combine(folder["run"], "config.yaml"));
        TrainOptionsFile.ToYaml(read).ShouldBe(TrainOptionsFile.ToYaml(options));
    }

    [SkippableFact]
    public async Task TheDetectorReadsWhatARunWrites()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        _ = new Training.Trainer(TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]) with { Epochs = 1, ResizeAntialias = true }).Run();
        using Detector detector = Detector.Load(Path.Combine(folder["run"], "checkpoint_best_total.pth"));
        detector.Model.Classes.Entries.Select(e => (e.Label, e.Name, e.DatasetId)).Take(2).ShouldBe([(0, "ball", 1), (1, "cube", 2)]);
        detector.Model.Classes.ClassLogits.ShouldBe(11);
        (detector.Model.ResizeRule, detector.Model.InputHeight, detector.Model.Has(Head.Masks)).ShouldBe((ResizeRule.BilinearAntialias, 48, true));
    }
}
