using RfDetr.Checkpoints;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>A model with masks goes on as one without, for data that has boxes only.</summary>
[Collection(nameof(OneAtATime))]
public sealed class MaskHeadTests
{
    [SkippableFact]
    public async Task AMaskHeadIsLeftOutWhenAskedTo()
    {
        TinyRun.RequireTorch();
        using var folder = new TemporaryFolder();
        string data = await TinyRun.DataAsync(folder);
        TrainOptions masks = TinyRun.Options(data, folder["masks"]).With(("epochs", 1));
        _ = new Training.Trainer(masks).Run();
        string start = Path.Combine(folder["masks"], "checkpoint.pth");
        Names(start).ShouldContain(n => n.StartsWith("segmentation_head.", StringComparison.Ordinal));

        TrainOptions boxes =
            masks.With(("model", start), ("network", ""), ("output_dir", folder["boxes"]), ("segmentation_head", false));
        TrainingOutcome outcome = new Training.Trainer(boxes).Run();
        outcome.Steps.ShouldBe(TinyRun.Images / 2);
        string end = Path.Combine(folder["boxes"], "checkpoint.pth");
        Names(end).ShouldNotContain(n => n.StartsWith("segmentation_head.", StringComparison.Ordinal));
        using (Checkpoint file = Checkpoint.Open(end))
            ConfigInference.Explain(file).Config.SegmentationHead.ShouldBeFalse();

        TrainOptions back = boxes.With(("model", end), ("output_dir", folder["back"]), ("segmentation_head", true));
        Should.Throw<ArgumentException>(() =>
            new Training.Trainer(back).Run()).Message.ShouldContain("the model has no mask head");
    }

    private static IReadOnlyCollection<string> Names(string path)
    {
        using Checkpoint file = Checkpoint.Open(path);
        return [.. file.Names];
    }
}
