using RfDetr.Torch;
using RfDetr.Training;

namespace RfDetr.Tests.Losses;

/// <summary>Matching and every loss term against plain loops; gradients against differences; bad targets.</summary>
public sealed class CriterionTests
{
    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void Pairs_are_those_of_plain_loops(int seed, bool masks)
    {
        using var scope = new TorchScope();
        var scene = new RandomScene(seed);
        Predictions predictions = scene.Predictions(masks);
        var targets = new BatchTargets(
            scene.Targets, RandomScene.Classes, masks, RandomScene.Image, RandomScene.Image, ScalarType.Float64, Device.Cpu);
        Matches found = new Matcher(new MatchOptions()).Match(predictions, targets, RandomScene.Groups, scene.Points);
        var oracle = new LossOracle(scene, new LossOptions(), masks);
        for (int set = 0; set < RandomScene.Sets; set++)
        {
            long[] wanted =
            [
                .. oracle.Match(set).SelectMany((row, b) =>
                    row.Where(q => q != Assignment.None).Select(q => (long)b * RandomScene.Queries + q))
            ];
            found.QueryIndexes.Skip(found.Start(set)).Take(found.CountOf(set)).ShouldBe(wanted);
        }

        found.AllQueries.ToArray<long>()[^1].ShouldBe(
            found.QueryIndexes[^1] / RandomScene.Queries * predictions.Queries
                + 2 * RandomScene.Queries + found.QueryIndexes[^1] % RandomScene.Queries);
    }

    public static TheoryData<string, bool, bool> Variants
    {
        get
        {
            var data = new TheoryData<string, bool, bool>();
            foreach (string kind in Enum.GetNames<ClassLossKind>())
            {
                data.Add(kind, false, true);
                data.Add(kind, true, false);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void Terms_are_those_of_plain_loops(string kind, bool weighted, bool masks)
    {
        using var scope = new TorchScope();
        var scene = new RandomScene(7);
        var options = new LossOptions
        {
            Kind = Enum.Parse<ClassLossKind>(kind),
            ClassWeight = 1.5,
            LogitWeights = weighted ? [0.5f, 2, 1, 3] : null
        };
        LossResult result = new Criterion(options).Compute(scene.Predictions(masks), scene.Targets, scene.Context);
        Dictionary<string, double> found = result.Names.Zip(result.Read()).ToDictionary(t => t.First, t => t.Second);
        var oracle = new LossOracle(scene, options, masks);
        double total = 0;
        string[] suffixes = ["", "_0", "_enc"];
        for (int set = 0; set < suffixes.Length; set++)
        {
            foreach ((string name, double wanted) in oracle.Terms(set))
            {
                found.Remove(name + suffixes[set], out double own).ShouldBeTrue();
                own.ShouldBe(wanted, 1e-9, name + suffixes[set]);
                total += wanted * (name switch { "loss_ce" => 1.5, "loss_giou" => 2, _ => 5 });
            }

            found.Remove("cardinality_error" + suffixes[set], out double cardinality).ShouldBeTrue();
            cardinality.ShouldBe(oracle.Cardinality(set), 1e-12);
        }

        found.Remove("class_error", out double error).ShouldBeTrue();
        error.ShouldBe(oracle.ClassError(), 1e-12);
        found.ShouldBeEmpty();
        result.Total.Item().ShouldBe(total, 1e-9);
    }

    [Fact]
    public void Gradients_are_those_of_differences()
    {
        // The focal variant has no weights that count as constants, so differences of the whole loss are its gradient.
        var options = new LossOptions { Kind = ClassLossKind.Focal };
        var scene = new RandomScene(11);
        using var scope = new TorchScope();
        Predictions predictions = scene.Predictions(masks: true, gradients: true);
        new Criterion(options).Compute(predictions, scene.Targets, scene.Context).Total.Backward();
        double Loss() =>
            new Criterion(options).Compute(scene.Predictions(masks: true), scene.Targets, scene.Context).Total.Item();
        for (int set = 0; set < RandomScene.Sets; set++)
        {
            PredictionSet s = predictions.Sets[set];
            foreach (
                (double[] values, TorchTensor leaf) in new[]
                {
                    (scene.Logits[set], s.Logits), (scene.Boxes[set], s.Boxes), (scene.Features[set], s.Masks!.Features),
                    (scene.MaskQueries[set], s.Masks.Queries)
                })
            {
                double[] gradient = leaf.Grad!.ToArray<double>();
                for (int i = set; i < values.Length; i += values.Length / 5)
                {
                    double before = values[i];
                    values[i] = before + 1e-6;
                    double above = Loss();
                    values[i] = before - 1e-6;
                    double below = Loss();
                    values[i] = before;
                    gradient[i].ShouldBe((above - below) / 2e-6, 1e-6);
                }
            }
        }
    }

    [Fact]
    public void A_batch_without_objects_has_a_loss_and_gradients_everywhere()
    {
        using var scope = new TorchScope();
        var scene = new RandomScene(5, [0, 0, 0]);
        Predictions predictions = scene.Predictions(masks: true, gradients: true);
        LossResult result = new Criterion(new LossOptions()).Compute(predictions, scene.Targets, scene.Context);
        result.Total.Backward();
        double[] values = result.Read();
        values.ShouldAllBe(v => double.IsFinite(v));
        values[result.Names.ToList().IndexOf("loss_mask_ce")].ShouldBe(0);
        values[result.Names.ToList().IndexOf("loss_ce_enc")].ShouldBeGreaterThan(0);
        predictions.Sets[1].Masks!.Features.Grad!.ToArray<double>().ShouldAllBe(g => g == 0);
        predictions.Sets[2].Logits.Grad!.ToArray<double>().ShouldContain(g => g != 0);
    }

    [Fact]
    public void More_objects_than_queries_leave_some_unmatched()
    {
        using var scope = new TorchScope();
        var scene = new RandomScene(5, [0, 9, 1]);
        LossResult result =
            new Criterion(new LossOptions()).Compute(scene.Predictions(masks: true), scene.Targets, scene.Context);
        result.Read().ShouldAllBe(v => double.IsFinite(v));
        result.Read()[result.Names.ToList().IndexOf("loss_bbox")].ShouldBe(
            new LossOracle(scene, new LossOptions(), true).Terms(0)["loss_bbox"], 1e-9);
    }

    [Fact]
    public void Objects_are_counted_over_all_ranks()
    {
        using var scope = new TorchScope();
        var scene = new RandomScene(5);
        double Loss(Func<double, double>? mean) =>
            new Criterion(new LossOptions())
                .Compute(scene.Predictions(false), scene.Targets, scene.Context with { MeanOverRanks = mean }).Read()[0];
        Loss(own => { own.ShouldBe(5); return 10; }).ShouldBe(Loss(null) / 2, 1e-12);
    }

    [Fact]
    public void Targets_that_do_not_fit_are_named()
    {
        var scene = new RandomScene(5);
        Should.Throw<ArgumentException>(() => Compute(scene.Targets[..2])).Message.ShouldContain("2 images and predictions of 3");
        Target bad = scene.Targets[0] with { ImageId = 77 };
        Should.Throw<ArgumentException>(() => Compute([bad with { Labels = [1, 4] }, .. scene.Targets[1..]])).Message.ShouldBe(
            "image 77 has an object of label 4; the class head has 4 logits, so labels are 0 to 3");
        Should.Throw<ArgumentException>(() =>
            Compute([bad with { Masks = null }, .. scene.Targets[1..]])).Message.ShouldContain("2 objects and 0 masks");
        Should.Throw<ArgumentException>(() =>
            Compute([bad with { Boxes = [1, 2, 3] }, .. scene.Targets[1..]])).Message.ShouldContain("four for each label");
        Should.Throw<ArgumentException>(() =>
            new Criterion(new LossOptions { FocalAlpha = 2 })).Message.ShouldContain("FocalAlpha is 2");
        Should.Throw<ArgumentException>(() =>
            new Criterion(new LossOptions { LogitWeights = [1] }).Compute(scene.Predictions(false), scene.Targets, scene.Context))
            .Message.ShouldContain("1 weights of logits");

        void Compute(Target[] targets)
        {
            using var scope = new TorchScope();
            _ = new Criterion(new LossOptions()).Compute(scene.Predictions(true), targets, scene.Context);
        }
    }
}
