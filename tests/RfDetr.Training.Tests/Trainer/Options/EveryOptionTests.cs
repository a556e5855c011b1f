using RfDetr.Tests.Torch;

namespace RfDetr.Tests.Trainer;

/// <summary>
/// Every training option reaches a part: a small real run with another value differs from the run without, in what the option is
/// about. An option that is read, checked, shown and then forgotten on its way fails here.
/// </summary>
[Collection(nameof(OneAtATime))]
public sealed class EveryOptionTests(OptionWorld world) : IClassFixture<OptionWorld>
{
    // Options that have an effect only together with others are compared between runs that both have those others.
    private static readonly (string Key, string Text, Seen Expected, (string, string)[] Given)[] s_cases =
    [
        ("model", "nowhere.pth", Seen.Failure, [("network", "")]),
        ("dataset_dir", "other", Seen.Losses, []),
        ("output_dir", "run0", Seen.Failure, []), // which another run has used
        ("epochs", "2", Seen.Epochs, []),
        ("batch_size", "3", Seen.Steps, []),
        ("grad_accum_steps", "2", Seen.Steps, []),
        ("seed", "7", Seen.Losses, []),
        ("resolution", "60", Seen.Network, []),
        ("num_queries", "6", Seen.Network, []),
        ("num_select", "3", Seen.Network, []),
        ("group_detr", "1", Seen.Losses, []),
        ("segmentation_head", "off", Seen.Network, []),
        ("resize_antialias", "on", Seen.Losses, []),
        ("resize_antialias", "on", Seen.ResizeRule, []),
        ("device", "cuda:7", Seen.Failure, []),
        ("amp", "bf16", Seen.Losses, []),
        ("threads", "3", Seen.Threads, []),
        ("num_workers", "2", Seen.Parts, []),
        ("train_split", "test", Seen.Losses, []),
        ("val_split", "test", Seen.Scores | Seen.Results, Trained),
        ("augmentation", "none", Seen.Losses, []),
        ("multi_scale", "on", Seen.Losses, []),
        ("expanded_scales", "off", Seen.Losses, [("multi_scale", "on")]),
        ("mosaic", "1", Seen.Losses, []),
        ("mixup", "1", Seen.Losses, []),
        ("sampling", "repeat_factor", Seen.Losses, []),
        ("keep_grouping_class", "on", Seen.Network, []),
        ("follow_links", "on", Seen.Failure | Seen.Steps, [("dataset_dir", "linked")]),
        ("on_bad_image", "skip", Seen.Failure, [("dataset_dir", "broken")]),
        ("eval_interval", "2", Seen.Scores, [("epochs", "2")]),
        ("eval_batch_size", "3", Seen.EvaluationBatches, []),
        ("eval_max_dets", "1", Seen.Scores, Trained),
        ("run_test", "on", Seen.Results, []),
        (
            "early_stopping", "on", Seen.Epochs,
            [("epochs", "3"), ("early_stopping_patience", "1"), ("early_stopping_min_delta", "1")]),
        (
            "early_stopping_patience", "2", Seen.Epochs,
            [("epochs", "4"), ("early_stopping", "on"), ("early_stopping_patience", "1"), ("early_stopping_min_delta", "1")]),
        ("checkpoint_interval", "1", Seen.Files, []),
        ("save_steps", "1", Seen.SavedAtSteps, []),
        ("log_steps", "2", Seen.Reports, []),
        ("tensorboard", "on", Seen.Files, []),
        ("report", "on", Seen.Files, []),
        ("lr", "8e-4", Seen.Weights, []),
        ("lr", "8e-4", Seen.Rates, []),
        ("lr_encoder", "8e-4", Seen.Weights, []),
        ("lr_vit_layer_decay", "0.5", Seen.Weights, []),
        ("lr_component_decay", "0.5", Seen.Weights, []),
        ("lr_scheduler", "cosine", Seen.Rates, []),
        ("lr_drop", "1", Seen.Rates, [("epochs", "2")]),
        ("lr_min_factor", "0.5", Seen.Rates, [("lr_scheduler", "cosine")]),
        ("warmup_epochs", "0.5", Seen.Rates, []),
        ("warmup_epochs", "0.5", Seen.Weights, []),
        ("weight_decay", "0.1", Seen.Weights, []),
        ("clip_max_norm", "0", Seen.Weights, []),
        ("use_ema", "off", Seen.Average, []),
        ("ema_decay", "0.5", Seen.Average, []),
        ("ema_tau", "0", Seen.Average, []),
        ("drop_path", "0.5", Seen.Losses, []),
        ("gradient_checkpointing", "on", Seen.Parts, []),
        ("freeze_encoder", "on", Seen.Weights, []),
        ("freeze_layers", "1", Seen.Weights, []),
        ("unfreeze", "1:0", Seen.Weights, [("epochs", "2"), ("freeze_encoder", "on")]),
        ("adapter", "lora", Seen.Weights, []),
        ("adapter", "dora", Seen.Weights, [("adapter", "lora")]),
        ("lora_rank", "2", Seen.Weights, [("adapter", "lora")]),
        ("cls_loss", "focal", Seen.Losses, []),
        ("cls_loss", "varifocal", Seen.Losses, [("cls_loss", "focal")]),
        ("cls_loss", "position", Seen.Losses, [("cls_loss", "varifocal")]),
        ("cls_loss_coef", "2", Seen.Weights, []),
        ("bbox_loss_coef", "3", Seen.Weights, []),
        ("giou_loss_coef", "3", Seen.Weights, []),
        ("mask_ce_loss_coef", "3", Seen.Weights, []),
        ("mask_dice_loss_coef", "3", Seen.Weights, []),
        ("class_weights", "balanced", Seen.Losses, []),
        ("processes", "2", Seen.Failure, []),
    ];

    // A run whose scores are not 0: the trained model at a small size.
    private static (string, string)[] Trained =>
        [("model", "demo"), ("network", ""), ("resolution", "96"), ("freeze_encoder", "on")];

    public static IEnumerable<object[]> Cases() => s_cases.Select((c, i) => new object[] { i, $"{c.Key} {c.Text}" });

    // The score of so small a run cannot be made to grow by a given amount: BestWeightsTests hands scores to the part. Nobody is
    // waited for here: RankMeetingTests waits.
    private static readonly string[] s_elsewhere = ["early_stopping_min_delta", "rank_timeout"];

    [Fact]
    public void NoOptionIsLeftOut() =>
        s_cases.Select(c => c.Key).Distinct().Concat(s_elsewhere).ShouldBe(TestOptions.Keys, ignoreOrder: true);

    [SkippableTheory]
    [MemberData(nameof(Cases))]
    [Trait("Duration", "Long")]
    public async Task AnotherValueChangesWhatTheOptionIsAbout(int index, string name)
    {
        TinyRun.RequireTorch();
        await world.PrepareAsync();
        (string key, string text, Seen expected, (string, string)[] given) = s_cases[index];
        name.ShouldStartWith(key);

        RunTrace before = world.Before(given), after = RunTrace.Of(world.Options([.. given, (key, text)]));

        Seen differences = RunTrace.Differences(before, after);
        (differences & expected).ShouldNotBe(
            Seen.None, $"{name}: differs only in {differences}; {before.Failure} {after.Failure}");
        if (!expected.HasFlag(Seen.Failure))
            (before.Failure + after.Failure).ShouldBeEmpty();
    }

    /// <remarks>Six steps, three of them warm-up: the rate of each step, from the option to what the run reports.</remarks>
    [SkippableFact]
    public async Task TheRatesOfARunFollowItsSchedule()
    {
        TinyRun.RequireTorch();
        await world.PrepareAsync();

        RunTrace run = RunTrace.Of(
            world.Options(("lr", "4e-4"), ("warmup_epochs", "0.5"), ("lr_scheduler", "cosine"), ("lr_min_factor", "0.1")));

        double Cosine(int step) => 0.1 + 0.9 * 0.5 * (1 + Math.Cos(Math.PI * step / 3));
        double[] expected = [0, 1 / 3.0, 2 / 3.0, 1, Cosine(1), Cosine(2)];
        run.Rates.Count.ShouldBe(expected.Length);
        for (int i = 0; i < expected.Length; i++)
            run.Rates[i].ShouldBe(4e-4 * expected[i], 1e-12, $"step {i}");
    }

    /// <remarks>Without this the theory would pass on noise.</remarks>
    [SkippableFact]
    public async Task EqualOptionsGiveEqualRuns()
    {
        TinyRun.RequireTorch();
        await world.PrepareAsync();

        RunTrace.Differences(world.Before(), RunTrace.Of(world.Options())).ShouldBe(Seen.None);
    }
}
