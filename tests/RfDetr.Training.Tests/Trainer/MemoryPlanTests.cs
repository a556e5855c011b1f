using RfDetr.Model;
using RfDetr.Tests.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

/// <summary>The memory that a run announces before its first step, against the most that it held.</summary>
[Collection(nameof(OneAtATime))]
[Trait("Duration", "Long")]
public sealed class MemoryPlanTests
{
    [SkippableTheory]
    [InlineData("nano", 384, 4, false)]
    [InlineData("seg-nano", 312, 2, true)]
    public async Task TheAnnouncedMemoryIsNearTheMostThatWasHeld(string variant, int resolution, int batch, bool checkpointing)
    {
        TinyRun.RequireTorch();
        Skip.IfNot(OperatingSystem.IsLinux(), "reads the highest memory of a process from /proc");
        using var folder = new TemporaryFolder();
        TrainOptions options = TinyRun.Options(await TinyRun.DataAsync(folder), folder["run"]).With(
            ("batch_size", batch), ("gradient_checkpointing", checkpointing), (
            "network", new NetworkOptions(new Dictionary<string, string>
            {
                ["variant"] = variant,
                ["encoder_hidden_size"] = "192",
                ["encoder_num_layers"] = "6",
                ["out_feature_indexes"] = "3,6",
                ["num_queries"] = "100",
                ["num_select"] = "100",
                ["group_detr"] = "4",
                ["resolution"] = $"{resolution}",
            })));
        ModelConfig config = options.Model.Network!.Build();
        MemoryPlan plan = MemoryPlan.Of(config, batch, config.Resolution, options);
        using TrainingProcess run = TrainingProcess.Start(options);
        run.WaitFor("epoch 1/2 step 3/");

        double share = (double)plan.Total / run.PeakBytes;
        plan.Activations.ShouldBeGreaterThan(plan.Total / 3, "the part that is hard to tell must not be a small one");
        share.ShouldBeInRange(
            0.8, 1.25, Invariant.Text($"announced {plan.Total >> 20} MB, held {run.PeakBytes >> 20} MB"));
    }
}
