using RfDetr.Model;
using RfDetr.Training;

namespace RfDetr.Tests.Optimization;

/// <summary>Factors and groups as tables, and the goldens' optimizer groups.</summary>
public sealed class ScheduleTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(5, 0.25)]
    [InlineData(19, 0.95)]
    [InlineData(20, 1)]
    [InlineData(59, 1)]
    [InlineData(60, 0.1)]
    [InlineData(1000, 0.1)]
    public void Step_drops_once(long steps, double factor) =>
        new LearningRateSchedule(new ScheduleOptions { Epochs = 8, WarmupEpochs = 2, DropEpoch = 6 }, 10)
            .Factor(steps).ShouldBe(factor, 1e-15);

    [Theory]
    [InlineData(0, 1)]
    [InlineData(20, 0.7)]
    [InlineData(40, 0.4)]
    [InlineData(60, 0.4)]
    public void Cosine_ends_at_its_least(long steps, double factor) =>
        new LearningRateSchedule(new ScheduleOptions { Kind = ScheduleKind.Cosine, Epochs = 4, MinFactor = 0.4 }, 10)
            .Factor(steps).ShouldBe(factor, 1e-15);

    [Fact]
    public void Cosine_begins_after_the_warm_up()
    {
        var schedule =
            new LearningRateSchedule(new ScheduleOptions { Kind = ScheduleKind.Cosine, Epochs = 4, WarmupEpochs = 1.55 }, 10);
        schedule.Factor(14).ShouldBe(14 / 15.0, 1e-15);
        schedule.Factor(15).ShouldBe(1, 1e-15);
        schedule.Factor(27).ShouldBe(0.5 * (1 + Math.Cos(Math.PI * 12 / 25)), 1e-15);
    }

    [Fact]
    public void Bad_schedules_and_options_are_refused()
    {
        Should.Throw<ArgumentOutOfRangeException>(() => new LearningRateSchedule(new ScheduleOptions(), 0).Validated());
        Should.Throw<ArgumentOutOfRangeException>(() =>
            new LearningRateSchedule(new ScheduleOptions { MinFactor = 2 }, 1).Validated());
        string message = Should.Throw<ArgumentException>(() =>
            new OptimizerOptions { LayerDecay = 0, Beta2 = 1, LearningRate = double.NaN }.Validated()).Message;
        message.ShouldContain("LayerDecay is 0");
        message.ShouldContain("Beta2 is 1");
        message.ShouldContain("LearningRate is NaN");
        Should.Throw<ArgumentException>(() =>
            new FreezePlan { Stages = [new(2, 1), new(2, 0)] }.Validated()).Message.ShouldContain("2 follows 2");
    }

    [Theory]
    [InlineData("nano")]
    [InlineData("seg-nano")]
    public void Groups_are_the_references_in_its_order(string variant)
    {
        TrainingGolden golden = TrainingGolden.Read(Goldens.Path($"train/{variant}.json"));
        var options =
            new OptimizerOptions { LearningRate = golden.LearningRate, EncoderLearningRate = golden.LearningRateEncoder };

        // From any order.
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Of(Variants.Get(variant), options, golden.Gradients.Keys);
        groups.Select(g => (g.Name, g.LearningRate, g.WeightDecay)).ShouldBe(
            golden.OptimizerGroups.Select(g => (g.Key, g.Value[0], g.Value[1])));
    }

    [Fact]
    public void The_encoder_thaws_in_stages()
    {
        var plan = new FreezePlan { Stages = [new(0, FreezePlan.WholeEncoder), new(2, 3), new(5, 0)] };
        var options = new OptimizerOptions();
        const string encoder = "backbone.0.encoder.encoder.";
        string[] names =
        [
            "bbox_embed.layers.0.bias", encoder + "embeddings.cls_token", encoder + "encoder.layer.2.norm1.bias",
            encoder + "encoder.layer.3.norm1.bias", encoder + "layernorm.bias"
        ];
        IReadOnlyList<ParameterGroup> groups = ParameterGroups.Of(Variants.Get("nano"), options, names);
        string[] Frozen(int epoch) => [.. groups.Where(g => plan.Validated().IsFrozen(g, epoch)).Select(g => g.Name)];
        Frozen(0).ShouldBe(names[1..]);
        Frozen(1).ShouldBe(names[1..]);
        Frozen(2).ShouldBe(names[1..3]);
        Frozen(4).ShouldBe(names[1..3]);
        Frozen(5).ShouldBeEmpty();
        FreezePlan.None.IsFrozen(groups[1], 9).ShouldBeFalse();
    }
}
