using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Trainer;

public sealed class StartingWeightsTests
{
    private static readonly ModelConfig s_config = Variants.Get("seg-nano") with
    {
        EncoderDepth = 12,
        GroupDetr = 2,
        NumQueries = 5,
        NumSelect = 5,
        ClassLogits = 4,
        Resolution = 48,
        PositionalEncodingSize = 4
    };

    [Fact]
    public void FirstWeightsFollowTheRulesOfTheirParts()
    {
        Dictionary<string, HostTensor> all = Make(s_config);
        float[] bias = all["class_embed.bias"].ToSingles();
        bias.ShouldAllBe(v => Math.Abs(v + Math.Log(99)) < 1e-6);
        all["transformer.enc_out_bbox_embed.1.layers.2.weight"].ToSingles().ShouldAllBe(v => v == 0);
        all["refpoint_embed.weight"].ToSingles().ShouldAllBe(v => v == 0);
        all["transformer.decoder.layers.0.norm1.weight"].ToSingles().ShouldAllBe(v => v == 1);
        all.Single(t =>
            t.Key.EndsWith("layer.3.layer_scale1.lambda1", StringComparison.Ordinal))
            .Value.ToSingles().ShouldAllBe(v => v == 0.5f);
        float[] patches =
            all.Single(t => t.Key.EndsWith("patch_embeddings.projection.weight", StringComparison.Ordinal)).Value.ToSingles();
        patches.Max(Math.Abs).ShouldBeLessThanOrEqualTo(0.04f);
        Math.Sqrt(patches.Average(v => (double)v * v)).ShouldBe(0.02 * 0.88, 0.0005); // a normal cut at ±2 is narrower
        float[] directions = all["transformer.decoder.layers.0.cross_attn.sampling_offsets.bias"].ToSingles();
        directions[..4].ShouldBe([1, 0, 2, 0]); // head 0 looks to the right, its points one and two cells away
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void EqualSeedsGiveEqualWeightsAndOthersOthers()
    {
        Make(s_config)["query_feat.weight"].ToSingles().ShouldBe(Make(s_config)["query_feat.weight"].ToSingles());
        Make(s_config, 8)["query_feat.weight"].ToSingles().ShouldNotBe(Make(s_config)["query_feat.weight"].ToSingles());
    }

    [Fact]
    public void ACheckpointIsMadeToFitOtherClassesQueriesGroupsAndSizes()
    {
        Dictionary<string, HostTensor> before = Make(s_config);
        ModelConfig wanted = s_config with
        {
            ClassLogits = 6,
            NumQueries = 7,
            NumSelect = 7,
            GroupDetr = 3,
            Resolution = 72,
            PositionalEncodingSize = 6
        };
        var adapted = new AdaptedWeights(new NamedTensors(before.Select(t => (t.Key, t.Value))), s_config, wanted, 1);
        var network = new RfDetrNetwork(new Weights(adapted, new ShapeBackend()), wanted); // every shape fits
        network.Config.ShouldBe(wanted);

        adapted.TryGet("class_embed.weight", out HostTensor? head).ShouldBeTrue();
        float[] old = before["class_embed.weight"].ToSingles(), rows = head!.ToSingles();
        rows[(4 * 256)..(5 * 256)].ShouldBe(old[..256]); // row 4 is row 0 again
        adapted.TryGet("query_feat.weight", out HostTensor? queries).ShouldBeTrue();
        float[] had = before["query_feat.weight"].ToSingles(), have = queries!.ToSingles();
        have[..(5 * 256)].ShouldBe(had[..(5 * 256)]);
        have[(7 * 256)..(12 * 256)].ShouldBe(had[(5 * 256)..]); // the second group stays a group
    }

    [Fact]
    public void FewerQueriesAreCutInEachGroup()
    {
        Dictionary<string, HostTensor> before = Make(s_config);
        var adapted = new AdaptedWeights(
            new NamedTensors(before.Select(t => (t.Key, t.Value))), s_config, s_config with { NumQueries = 2, NumSelect = 2 }, 1);
        adapted.TryGet("query_feat.weight", out HostTensor? queries).ShouldBeTrue();
        float[] had = before["query_feat.weight"].ToSingles();
        queries!.ToSingles().ShouldBe([.. had[..512], .. had[(5 * 256)..(7 * 256)]]);
    }

    [Fact]
    public void TheMemoryPlanGrowsWithTheBatchAndShrinksWithCheckpointing()
    {
        ModelConfig nano = Variants.Get("nano");
        var options = new TrainOptions();
        MemoryPlan one = MemoryPlan.Of(nano, 1, 384, options), four = MemoryPlan.Of(nano, 4, 384, options);
        four.Activations.ShouldBe(4 * one.Activations);
        (one.Parameters / 4 / 1e6).ShouldBe(32.5, 2.5); // the published 30.5 M have one query group
        MemoryPlan.Of(
            nano, 1, 384, options.With(("gradient_checkpointing", true))).Activations.ShouldBeLessThan(one.Activations * 3 / 4);
        MemoryPlan.LargestBatch(nano, 384, options, four.Total).ShouldBeInRange(1, 4);
        MemoryPlan.LargestBatch(nano, 384, options, long.MaxValue / 2).ShouldBe(MemoryPlan.MostAuto);
    }

    /// <remarks>What is planned for, against what the step's own parts hold, tensor by tensor.</remarks>
    [SkippableTheory]
    [InlineData("adapter", "no")]
    [InlineData("adapter", "lora")]
    [InlineData("adapter", "dora")]
    [InlineData("freeze_encoder", "on")]
    [InlineData("freeze_layers", "1")]
    public void TheMemoryPlanCountsWhatIsTrained(string key, string text)
    {
        TinyRun.RequireTorch();
        TrainOptions options = TinyRun.Options("-", "-").With((key, text), ("lora_rank", 3));
        ModelConfig config = options.Model.Network!.Build() with { ClassLogits = 4 };
        using var backend = new TorchBackend();
        using var step = new TrainingStep(
            config, backend, b => new Weights(new FormulaWeights("plan"), b), TrainingStepOptions.Of(options, 10));

        MemoryPlan plan = MemoryPlan.Of(config, 1, config.Resolution, options);

        FreezePlan freeze = FreezePlan.Of(options.Freeze);
        TrainedTensor[] trained =
            [.. step.Optimizer.Tensors.Where(t => t.Name != CheckpointOrder.MaskToken && !freeze.IsFrozen(t.Group, 0))];
        long moments = trained.Sum(t => t.Value.Count);
        long merged = step.Lora?.Adapters.Sum(a => a.Weight.Count) ?? 0; // whose gradients become those of the adapters
        plan.Optimizer.ShouldBe(8 * moments);
        plan.Gradients.ShouldBe(4 * (moments + merged));
        plan.Parameters.ShouldBe(4 * backend.Parameters.Values.Sum(p => p.Count));
    }

    private static Dictionary<string, HostTensor> Make(ModelConfig config, long seed = 7)
    {
        var parameters = new ParameterList();
        _ = new RfDetrNetwork(new Weights(parameters, new ShapeBackend()), config);
        var random = new RandomWeights(config, seed, 0.5);
        return parameters.Parameters.ToDictionary(p => p.Name, p => random.Create(p.Name, p.Shape));
    }
}
