using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tests.Parity;

/// <summary>Bundles with a network that is small and has every part.</summary>
public sealed class BundleTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_model_agrees_with_its_own_bundle_and_across_engines()
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["own.safetensors"]).ShouldBe(
            [
                "backbone.0", "backbone.1", "backbone.2", "projector.0", "two_stage.boxes", "decoder.hidden", "pred_logits",
                "pred_boxes", "pred_masks"
            ]);

        ParityReport own = ParityCheck.Bundle(FormulaModel.Path, _folder["own.safetensors"]);
        own.Ok.ShouldBeTrue();
        own.Stages.Max(s => s.MaxAbsError).ShouldBe(0);

        ParityReport host =
            ParityCheck.Bundle(FormulaModel.Path, _folder["own.safetensors"], new ParityOptions { Engine = ParityEngine.Host });
        host.Stages.Where(s => !s.Ok).ShouldBeEmpty();
        host.Stages.Count.ShouldBe(9);
        host.Stages.Max(s => s.MaxAbsError).ShouldBeGreaterThan(0, "another engine rounds otherwise");
    }

    [Fact]
    public void An_exported_file_is_compared_by_its_results()
    {
        Exporter.Export(FormulaModel.Path, _folder["exported.onnx"]);
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["b.safetensors"]);

        ParityReport report = ParityCheck.Bundle(_folder["exported.onnx"], _folder["b.safetensors"]);

        report.Stages.Select(s => s.Stage).ShouldBe(["pred_logits", "pred_boxes", "pred_masks"]);
        report.Ok.ShouldBeTrue();
    }

    // On the noise of a bundle some proposals of 'demo' have scores that half precision cannot tell apart; those of 'cells' can
    // be told apart.
    [Theory]
    [InlineData("demo", true)]
    [InlineData("cells", false)]
    public void A_good_export_in_half_precision_agrees(string model, bool swaps)
    {
        ParityCheck.WriteBundle(model, _folder["b.safetensors"]);
        Exporter.Export(model, _folder["half.onnx"], new ExportRequest { Precision = ExportPrecision.Float16 });

        ParityReport file = ParityCheck.Bundle(_folder["half.onnx"], _folder["b.safetensors"]);
        ParityReport checkpoint =
            ParityCheck.Bundle(model, _folder["b.safetensors"], new ParityOptions { Precision = ExportPrecision.Float16 });

        foreach (ParityReport report in (ParityReport[])[file, checkpoint])
        {
            report.Stages.Where(s => !s.Ok).ShouldBeEmpty();
            report.Engine.ShouldContain("Float16");
            report.Stages.Any(s =>
                s.Note?.Contains("proposals changed places", StringComparison.Ordinal) == true).ShouldBe(swaps);
        }
    }

    [Theory]
    [InlineData("class_embed.bias", "pred_logits", 1)]
    [InlineData("bbox_embed.layers.2.bias", "pred_boxes", 1)]
    // Mask logits of this network go beyond 100, and half precision keeps one part in two thousand of them at each step.
    [InlineData("segmentation_head.bias", "pred_masks", 50)]
    public void A_broken_export_in_half_precision_differs(string weight, string stage, float change)
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["good.safetensors"]);
        Exporter.Export(FormulaModel.Path, _folder["exported.safetensors"]);
        ChangeOneValue(_folder["exported.safetensors"], _folder["bad.safetensors"], weight, change);
        Exporter.Export(
            _folder["bad.safetensors"], _folder["bad.onnx"], new ExportRequest { Precision = ExportPrecision.Float16 });

        ParityCheck.Bundle(
            _folder["bad.onnx"], _folder["good.safetensors"]).FirstDifference.ShouldNotBeNull().Stage.ShouldBe(stage);
    }

    [Theory]
    [InlineData("backbone.0.encoder.encoder.encoder.layer.1.mlp.fc1.weight", "backbone.0")]
    [InlineData("backbone.0.projector.stages.0.0.cv1.conv.weight", "projector.0")]
    [InlineData("transformer.enc_out_bbox_embed.0.layers.2.bias", "two_stage.boxes")]
    [InlineData("transformer.decoder.layers.1.linear2.bias", "decoder.hidden")]
    [InlineData("class_embed.bias", "pred_logits")]
    [InlineData("bbox_embed.layers.2.bias", "pred_boxes")]
    [InlineData("segmentation_head.bias", "pred_masks")]
    [Trait("Duration", "Long")]
    public void One_changed_weight_is_named_by_the_stage_it_acts_in(string weight, string stage)
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["good.safetensors"]);
        Exporter.Export(FormulaModel.Path, _folder["exported.safetensors"]);
        ChangeOneValue(_folder["exported.safetensors"], _folder["bad.safetensors"], weight);

        ParityCheck.Bundle(_folder["exported.safetensors"], _folder["good.safetensors"]).Ok.ShouldBeTrue();
        ParityReport report = ParityCheck.Bundle(_folder["bad.safetensors"], _folder["good.safetensors"]);

        report.FirstDifference.ShouldNotBeNull().Stage.ShouldBe(stage);
    }

    [Fact]
    public void Samples_and_extra_stages_are_compared_too()
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["all.safetensors"]);
        Write("some.safetensors", Read("all.safetensors"), t =>
        {
            float[] map = t["backbone.1"].ToSingles();
            long[] index = [0, 17, map.Length - 1];
            t.Remove("backbone.1");
            t["backbone.1.index"] = HostTensor.Of(index, 3);
            t["backbone.1.value"] = HostTensor.Of(index.Select(i => map[i]).ToArray(), 3);
        });

        ParityReport report = ParityCheck.Bundle(FormulaModel.Path, _folder["some.safetensors"]);

        report.Ok.ShouldBeTrue();
        report.Stages.Count.ShouldBe(9);
    }

    [Fact]
    public void Broken_bundles_say_what_is_wrong()
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["all.safetensors"]);
        Dictionary<string, HostTensor> good = Read("all.safetensors");

        Error(good, t => t.Remove("input")).ShouldContain("no tensor 'input'");
        Error(good, t => t["input"] = HostTensor.Of(new float[12], 12)).ShouldContain("[12], expected float32 [B, 3, H, W]");
        Error(good, t => t["backbone.9"] = t["backbone.0"]).ShouldContain("'backbone.9' that this network has not");
        Error(good, t => t["optimizer"] = t["backbone.0"]).ShouldContain("no bundle of stages");
        Error(
            good, t => t["pred_logits"] = HostTensor.Of(new float[6], 1, 2, 3))
            .ShouldContain("shape [1, 2, 3], the network's has [1, 50, 11]");
        Error(good, t => t["projector.0.index"] = HostTensor.Of(new[] { 1L }, 1)).ShouldContain("needs both");
        Error(good, t =>
        {
            t.Remove("projector.0");
            t["projector.0.index"] = HostTensor.Of(new[] { 1L << 40 }, 1);
            t["projector.0.value"] = HostTensor.Of(new[] { 1f }, 1);
        }).ShouldContain("has 1099511627776, but the stage has");
        Error(good, t => t["pred_masks.first8"] = HostTensor.Of(Array.Empty<float>(), 1, 0, 60, 60)).ShouldContain("no values");
        Error(good, t => t["post.scores"] = HostTensor.Of(new[] { 0f }, 1, 1)).ShouldContain("belong together");
    }

    [Fact]
    public void A_size_that_does_not_fit_names_both()
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["all.safetensors"]);
        Write(
            "odd.safetensors", Read("all.safetensors"),
            t => t["input"] = HostTensor.Of(new float[3 * 100 * 240], 1, 3, 100, 240));

        Should.Throw<ArgumentException>(() => ParityCheck.Bundle(FormulaModel.Path, _folder["odd.safetensors"])).Message
            .ShouldBe("the input is 100×240 pixels, 'custom' takes multiples of 24 (patch size 12 × 2 windows)");
    }

    [Fact]
    public void A_bundle_is_no_golden_file() =>
        Should.Throw<CheckpointFormatException>(() =>
        {
            ParityCheck.WriteBundle(FormulaModel.Path, _folder["b.safetensors"]);
            return ParityCheck.Golden(_folder["b.safetensors"]);
        }).Message.ShouldContain("no salt");

    [Fact]
    public void A_value_that_is_no_number_differs_beyond_measure()
    {
        ParityCheck.WriteBundle(FormulaModel.Path, _folder["all.safetensors"]);
        Write("nan.safetensors", Read("all.safetensors"), t =>
        {
            float[] values = t["projector.0"].ToSingles();
            values[5] = float.NaN;
            t["projector.0"] = HostTensor.Of(values, [.. t["projector.0"].Shape]);
        });

        StageResult first = ParityCheck.Bundle(FormulaModel.Path, _folder["nan.safetensors"]).FirstDifference.ShouldNotBeNull();
        first.Stage.ShouldBe("projector.0");
        first.MaxAbsError.ShouldBe(double.PositiveInfinity);
    }

    public void Dispose() => _folder.Dispose();

    private string Error(Dictionary<string, HostTensor> good, Action<Dictionary<string, HostTensor>> spoil)
    {
        Write("bad.safetensors", good, spoil);
        return Should.Throw<CheckpointFormatException>(() =>
            ParityCheck.Bundle(FormulaModel.Path, _folder["bad.safetensors"])).Message;
    }

    private Dictionary<string, HostTensor> Read(string name)
    {
        using var file = Checkpoint.Open(_folder[name]);
        return file.Names.ToDictionary(n => n, n => Copy(file, n));
    }

    private void Write(string name, Dictionary<string, HostTensor> tensors, Action<Dictionary<string, HostTensor>> change)
    {
        Dictionary<string, HostTensor> changed = new(tensors);
        change(changed);
        SafetensorsWriter.Write(_folder[name], new CheckpointContent { Weights = new TensorSet(changed) });
    }

    private static void ChangeOneValue(string from, string to, string weight, float change = 1)
    {
        using var good = Checkpoint.Open(from);
        Dictionary<string, HostTensor> tensors = good.Names.ToDictionary(n => n, n => Copy(good, n));
        float[] values = tensors[weight].ToSingles();
        values[0] += change;
        tensors[weight] = HostTensor.Of(values, [.. tensors[weight].Shape]);
        SafetensorsWriter.Write(to, CheckpointContent.Of(good) with { Weights = new TensorSet(tensors) });
    }

    private static HostTensor Copy(Checkpoint file, string name) =>
        file.TryGet(name, out HostTensor? tensor)
            ? HostTensor.Of(tensor.ToSingles(), [.. tensor.Shape])
            : throw new InvalidOperationException(name);
}
