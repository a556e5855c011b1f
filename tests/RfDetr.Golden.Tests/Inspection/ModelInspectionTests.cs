using RfDetr.Checkpoints;

namespace RfDetr.Tests.Inspection;

public sealed class ModelInspectionTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("a.pth", "TorchZip")]
    [InlineData("a.safetensors", "Safetensors")]
    public void A_checkpoint_shows_what_it_is(string file, string container)
    {
        Exporter.Export(FormulaModel.Path, _folder[file]);

        var found = ModelInspection.Of(_folder[file]);

        found.Container.ShouldBe(container);
        found.Bytes.ShouldBe(new FileInfo(_folder[file]).Length);
        found.Variant.ShouldBe("custom");
        found.Config.ShouldNotBeNull().ShouldBe(
            FormulaModel.Config with
            {
                OutFeatureIndexes = found.Config!.OutFeatureIndexes,
                ProjectorLevels = found.Config.ProjectorLevels
            });
        found.Config.OutFeatureIndexes.ShouldBe([2, 4, 6]);
        found.Input.ShouldBe((240, 240));
        found.Parts.Select(p => p.Name).ShouldBe(["encoder", "projector", "two-stage", "decoder", "heads"]);
        found.Parts.Sum(p => p.Values).ShouldBe(found.Parameters!.Value);
        found.Tensors.Count.ShouldBe(found.Parts.Sum(p => p.Tensors));
        found.Classes.ShouldBe(FormulaModel.Classes);
        found.Classes!.Source.ShouldStartWith("stored with the checkpoint");
        found.HasEma.ShouldBeFalse();
        found.Hosted.ShouldBeNull();
        found.Args["num_windows"].ShouldBe(2L);
        found.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void An_exported_built_in_model_keeps_its_name_and_license()
    {
        Exporter.Export(BuiltInModels.Default, _folder["m.onnx"]);

        var found = ModelInspection.Of(_folder["m.onnx"]);

        found.Variant.ShouldBe("demo");
        found.License.ShouldBe("Apache-2.0");
    }

    [Fact]
    public void Digests_are_those_of_the_file()
    {
        File.WriteAllText(_folder["abc"], "abc");

        // RFC 1321 and FIPS 180's own examples.
        FileDigests.Of(_folder["abc"]).ShouldBe(
            new FileDigests(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", "900150983cd24fb0d6963f7d28e17f72"));
    }

    [Fact]
    public void Without_class_names_it_is_shown_all_the_same()
    {
        Exporter.Export(FormulaModel.Path, _folder["a.safetensors"]);
        using (var named = Checkpoint.Open(_folder["a.safetensors"]))
            SafetensorsWriter.Write(
                _folder["nameless.safetensors"], new CheckpointContent { Weights = named, Args = named.Args });

        var found = ModelInspection.Of(_folder["nameless.safetensors"]);

        found.Classes.ShouldBeNull();
        found.Config.ShouldNotBeNull();
        found.Warnings.ShouldHaveSingleItem().ShouldContain("--class-names");
        ModelInspection.Of(
            _folder["nameless.safetensors"], new ModelOptions { ClassNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"] })
            .Classes.ShouldNotBeNull().NameOf(1).ShouldBe("a");
    }

    [Fact]
    public void Something_that_is_no_network_is_shown_with_the_reasons()
    {
        var found = ModelInspection.Of(Goldens.Path("checkpoints/training_checkpoint.pth"));

        found.Config.ShouldBeNull();
        found.Variant.ShouldBe("unknown");
        found.Tensors.ShouldNotBeEmpty();
        found.Warnings.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_hostile_file_is_refused() =>
        Should.Throw<CheckpointFormatException>(() => ModelInspection.Of(Goldens.Path("checkpoints/malicious.pth")));

    [Fact]
    public void An_onnx_file_tells_its_contract()
    {
        Exporter.Export(FormulaModel.Path, _folder["m.onnx"]);

        var found = ModelInspection.Of(_folder["m.onnx"]);

        found.Container.ShouldBe("Onnx");
        found.Variant.ShouldBe("custom");
        found.Input.ShouldBe((240, 240));
        found.Classes.ShouldBe(FormulaModel.Classes);
        found.License.ShouldBeNull();
        found.Onnx.ShouldNotBeNull().Outputs.Select(o => o.Name).ShouldBe(["dets", "labels", "masks"]);
        found.Warnings.ShouldBeEmpty();
    }

    public void Dispose() => _folder.Dispose();
}
