using RfDetr.Model;
using RfDetr.Tensors;
using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Steps;

/// <summary>Whole steps of a tiny network: processes, freezing, adapters, overflow, leaks.</summary>
public sealed class TrainingStepTests
{
    private static readonly ModelConfig Config = TinyNetwork.Masks;

    [Fact]
    public void Two_ranks_take_the_step_of_one_with_the_double_batch()
    {
        TrainingBatch[] halves = [Batch(0, [2, 0]), Batch(2, [1, 3])];
        TrainingBatch both = new(
            [.. halves[0].Pixels, .. halves[1].Pixels], Config.Resolution, Config.Resolution,
            [.. halves[0].Targets, .. halves[1].Targets], [.. halves[0].Files, .. halves[1].Files]);
        // The first rank's gradients wait for the second's; both then hold the mean.
        List<TorchTensor> waiting = [];
        using Ranks earlier = new HalfOfTwo(gradients => waiting.AddRange(gradients.Select(g => TorchScope.Detach(g.Clone())))),
        later = new HalfOfTwo(gradients =>
        {
            gradients.Count.ShouldBe(waiting.Count);
            for (int i = 0; i < gradients.Count; i++)
                _ = gradients[i].Add_(waiting[i]).Div_(2);
        });
        using Rig one = new(), first = new(ranks: earlier), second = new(ranks: later);
        StepResult whole = one.Step.Run(both);

        StepResult a = first.Step.Run(halves[0]), b = second.Step.Run(halves[1]);
        b.GradientNorm.ShouldBe(whole.GradientNorm, 1e-5 * whole.GradientNorm);
        ((a.Total + b.Total) / 2).ShouldBe(whole.Total, 1e-5 * whole.Total);
        foreach ((string name, TorchTensor value) in one.Backend.Parameters)
            Worst(second.Values(name), value.ToArray<float>()).ShouldBeLessThan(1e-5, name);
        waiting.ForEach(w => w.Dispose());
    }

    [Fact]
    public void Accumulation_averages_the_batches_losses()
    {
        TrainingBatch[] halves = [Batch(0, [2, 1]), Batch(2, [1, 2])];
        using Rig single = new(), accumulated = new();
        double[] totals = [.. halves.Select(h =>
        {
            using var scope = new TorchScope();
            double total = single.Step.Gradients([h]).Total;
            single.Step.Clear();
            return total;
        })];
        accumulated.Step.Run(halves).Total.ShouldBe(totals.Average(), 1e-5 * totals[0]);

        // Equal numbers of objects: the mean of the losses is the loss of all.
        TrainingBatch both = new(
            [.. halves[0].Pixels, .. halves[1].Pixels], Config.Resolution, Config.Resolution,
            [.. halves.SelectMany(h => h.Targets)], ["", "", "", ""]);
        _ = single.Step.Run(both);
        foreach (string name in single.Backend.Parameters.Keys)
            Worst(single.Values(name), accumulated.Values(name)).ShouldBeLessThan(1e-5, name);
    }

    [Fact]
    public void The_loss_falls_on_one_batch()
    {
        using var rig =
            new Rig(o => o with { Optimizer = new OptimizerOptions { LearningRate = 1e-3, EncoderLearningRate = 1e-3 } });
        TrainingBatch batch = Batch(0, [2, 1]);
        double first = rig.Step.Run(batch).Total, last = first;
        for (int i = 0; i < 15; i++)
            last = rig.Step.Run(batch).Total;
        last.ShouldBeLessThan(0.6 * first);
        rig.Step.Steps.ShouldBe(16);
        rig.Step.Ema!.Updates.ShouldBe(16);
    }

    /// <remarks>
    /// The first step of a warm-up has the factor 0: it must leave every weight as it is, and only fill the optimizer's moments.
    /// </remarks>
    [Fact]
    public void The_schedule_begins_with_the_first_step()
    {
        var schedule = new LearningRateSchedule(new ScheduleOptions { WarmupEpochs = 4 }, 1);
        using var rig = new Rig(o => o with { Schedule = schedule });
        Dictionary<string, float[]> before = rig.All();
        TrainingBatch batch = Batch(0, [2, 1]);

        rig.Step.Run(batch).Factor.ShouldBe(0);
        before.All(p => rig.Values(p.Key).AsSpan().SequenceEqual(p.Value)).ShouldBeTrue();
        rig.Step.Run(batch).Factor.ShouldBe(0.25);
        rig.Values("class_embed.weight").ShouldNotBe(before["class_embed.weight"]);

        rig.Step.Resume(3);
        rig.Step.Run(batch).Factor.ShouldBe(0.75);
        rig.Step.Run(batch).Factor.ShouldBe(1);
    }

    [Fact]
    public void Frozen_tensors_keep_their_bits_until_they_thaw()
    {
        var plan = new FreezePlan { Stages = [new(0, FreezePlan.WholeEncoder), new(1, 1)] };
        using var rig = new Rig(o => o with { Freeze = plan, Schedule = o.Schedule with { StepsPerEpoch = 2 } });
        Dictionary<string, float[]> before = rig.All();
        TrainingBatch batch = Batch(0, [2, 1]);
        _ = rig.Step.Run(batch);
        _ = rig.Step.Run(batch);
        Changed().ShouldNotContain(n => n.StartsWith("backbone.0.encoder.", StringComparison.Ordinal));
        Changed().ShouldContain("class_embed.weight");
        _ = rig.Step.Run(batch);
        Changed()
            .Where(n => n.StartsWith("backbone.0.encoder.", StringComparison.Ordinal))
            .ShouldAllBe(n =>
                n.Contains("layer.1.", StringComparison.Ordinal) || n.Contains("layernorm", StringComparison.Ordinal));
        Changed().ShouldContain("backbone.0.encoder.encoder.encoder.layer.1.mlp.fc1.weight");

        string[] Changed() => [.. before.Where(p => !rig.Values(p.Key).AsSpan().SequenceEqual(p.Value)).Select(p => p.Key)];
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Adapters_begin_as_nothing_and_are_all_that_changes_of_the_encoder(bool magnitudes)
    {
        using Rig plain = new(),
        adapted = new(o =>
            o with { Adapter = new AdapterOptions { Kind = magnitudes ? AdapterKind.Dora : AdapterKind.Lora, Rank = 4 } });
        Dictionary<string, float[]> before = adapted.All();
        TrainingBatch batch = Batch(0, [2, 1]);
        adapted.Step.Run(batch).Total.ShouldBe(plain.Step.Run(batch).Total, 1e-4);
        _ = adapted.Step.Run(batch);
        string[] changed =
        [
            .. before.Where(p => !adapted.Values(p.Key).AsSpan().SequenceEqual(p.Value))
                .Select(p => p.Key).Where(LoraAdapters.IsFixed)
        ];
        changed.ShouldBe(before.Keys.Where(LoraAdapters.IsTarget));

        using var scope = new TorchScope();
        LoraAdapter adapter = adapted.Step.Lora!.Adapters[0];
        adapter.Base.ToArray<float>().ShouldBe(before[adapter.Name]);
        adapter.B.ToArray<float>().ShouldContain(v => v != 0);
        adapted.Values(adapter.Name).ShouldBe(adapter.Effective().Detach().ToArray<float>());
        adapted.Step.Optimizer.Tensors.Select(t => t.Name)
            .Where(LoraAdapters.IsFixed)
            .ShouldAllBe(n => n.Contains("lora_", StringComparison.Ordinal) || n == CheckpointOrder.MaskToken);
        (adapter.Magnitudes is not null).ShouldBe(magnitudes);
    }

    [Fact]
    public void A_step_that_is_not_finite_is_left_out()
    {
        using var rig = new Rig();
        Dictionary<string, float[]> before = rig.All();
        TrainingBatch batch = Batch(0, [2, 1]);
        batch.Pixels[5] = float.NaN;
        StepResult result = rig.Step.Run(batch);
        result.Stepped.ShouldBeFalse();
        result.IsFinite.ShouldBeFalse();
        before.All(p => rig.Values(p.Key).AsSpan().SequenceEqual(p.Value)).ShouldBeTrue();
        rig.Step.Run(Batch(0, [2, 1])).Stepped.ShouldBeTrue();
    }

    [Fact]
    public void Mixed_precision_is_near_the_whole()
    {
        using Rig plain = new(), mixed = new(o => o with { Autocast = ScalarType.BFloat16 });
        TrainingBatch batch = Batch(0, [2, 1]);
        StepResult wanted = plain.Step.Run(batch), found = mixed.Step.Run(batch);
        found.Total.ShouldBe(wanted.Total, 0.05 * wanted.Total);
        found.Stepped.ShouldBeTrue();
    }

    [Fact]
    public void Steps_leave_nothing_behind()
    {
        using var rig = new Rig(o =>
            o with { Adapter = new AdapterOptions { Kind = AdapterKind.Dora, Rank = 2 }, Points = new RandomPoints() });
        TrainingBatch batch = Batch(0, [2, 1]);
        _ = rig.Step.Run(batch);
        long before = TorchRuntime.LiveTensors;
        for (int i = 0; i < 5; i++)
            _ = rig.Step.Run(batch);
        TorchRuntime.LiveTensors.ShouldBeLessThanOrEqualTo(before);
    }

    private static double Worst(float[] a, float[] b) => a.Zip(b, (x, y) => (double)Math.Abs(x - y)).DefaultIfEmpty(0).Max();

    private static TrainingBatch Batch(int seed, int[] objects)
    {
        int side = Config.Resolution, image = 3 * side * side;
        float[] all = new FormulaWeights("tiny").Input(4, side, side).ToSingles();
        var random = new Random(seed);
        return new(
            all[(seed * image)..((seed + objects.Length) * image)], side, side,
            [.. objects.Select((n, i) => Target(random, n, i))], [.. objects.Select(_ => "")]);
    }

    private static Target Target(Random random, int count, int id) => new(
        [
            .. Enumerable.Range(0, count).SelectMany(_ =>
                new[] { 0.3f + 0.4f * random.NextSingle(), 0.3f + 0.4f * random.NextSingle(), 0.3f, 0.4f })
        ],
        [.. Enumerable.Range(0, count).Select(_ => random.Next(Config.ClassLogits))],
        [
            .. Enumerable.Range(0, count).Select(_ =>
                new TargetMask(2, 3, 4, 5, [.. Enumerable.Range(0, 20).Select(i => (byte)(i % 4 == 0 ? 0 : 1))]))
        ],
        id);

    /// <summary>
    /// One of two processes, with three objects each on average, whose gradients the test itself carries to and fro.
    /// </summary>
    private sealed class HalfOfTwo(Action<IReadOnlyList<TorchTensor>> average) : Ranks
    {
        public override double Mean(double mine) => 3;

        public override void AverageGradients(IReadOnlyList<TorchTensor> gradients) => average(gradients);
    }

    /// <summary>A tiny network with formula weights and the goldens' points.</summary>
    private sealed class Rig : IDisposable
    {
        public Rig(Func<TrainingStepOptions, TrainingStepOptions>? change = null, Ranks? ranks = null)
        {
            var options = new TrainingStepOptions
            {
                Schedule = new LearningRateSchedule(new ScheduleOptions(), 100),
                Loss = new LossOptions { Kind = ClassLossKind.Focal },
                Points = new FormulaPoints(new GoldenFormula(salt => new FormulaWeights(salt), FormulaWeights.Fill)),
            };
            Backend = new TorchBackend();
            Step = new TrainingStep(
                Config, Backend, b => new Weights(new FormulaWeights("ranked tiny"), b), change?.Invoke(options) ?? options,
                ranks);
        }

        public TorchBackend Backend { get; }

        public TrainingStep Step { get; }

        public float[] Values(string name)
        {
            using var scope = new TorchScope();
            return Backend.Parameters[name].Detach().ToArray<float>();
        }

        public Dictionary<string, float[]> All() => Backend.Parameters.Keys.ToDictionary(n => n, Values);

        public void Dispose()
        {
            Step.Dispose();
            Backend.Dispose();
        }
    }
}
