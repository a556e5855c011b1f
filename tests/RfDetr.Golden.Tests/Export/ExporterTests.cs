using RfDetr.Checkpoints;
using RfDetr.Onnx;

namespace RfDetr.Tests.Export;

public sealed class ExporterTests : IDisposable
{
    private static readonly string s_image = Goldens.Path("images/reference_x4.png");
    private static readonly DetectOptions s_low = new() { ScoreThreshold = 0.02f };
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void From_pth_to_safetensors_to_onnx_detections_stay_the_same()
    {
        Exporter.Export(FormulaModel.Path, _folder["a.pth"]);
        Exporter.Export(_folder["a.pth"], _folder["b.safetensors"]);
        Exporter.Export(_folder["b.safetensors"], _folder["c.onnx"], new ExportRequest { Dialect = OnnxDialect.OnnxRuntime });

        Detections original = Detect(FormulaModel.Path);
        original.Items.Count.ShouldBeGreaterThan(5);
        foreach (string file in (string[])["a.pth", "b.safetensors", "c.onnx"])
            Detect(_folder[file]).Items.ShouldBe(original.Items, file);
    }

    [Fact]
    public void Portable_operators_give_the_same_up_to_rounding()
    {
        Exporter.Export(FormulaModel.Path, _folder["p.onnx"]).Variant.ShouldBe("custom");
        OnnxModelInfo.Read(_folder["p.onnx"]).OperatorSets.Keys.ShouldBe([""]);

        Detections expected = Detect(FormulaModel.Path), actual = Detect(_folder["p.onnx"]);

        actual.Items.Count.ShouldBe(expected.Items.Count);
        for (int i = 0; i < actual.Items.Count; i++)
        {
            actual.Items[i].Score.ShouldBe(expected.Items[i].Score, 1e-5);
            actual.Items[i].ClassName.ShouldBe(expected.Items[i].ClassName);
        }
    }

    [Fact]
    public void Large_constants_lie_in_a_second_file()
    {
        ExportResult result = Exporter.Export(
            FormulaModel.Path, _folder["big.onnx"],
            new ExportRequest { MaxInlineBytes = 1 << 20, Dialect = OnnxDialect.OnnxRuntime });

        result.DataPath.ShouldBe(Path.GetFullPath(_folder["big.onnx.data"]));
        new FileInfo(_folder["big.onnx"]).Length.ShouldBeLessThan(1 << 20);
        result.Bytes.ShouldBe(new FileInfo(_folder["big.onnx"]).Length + new FileInfo(result.DataPath!).Length);
        Detect(_folder["big.onnx"]).Items.ShouldBe(Detect(FormulaModel.Path).Items);
    }

    [Fact]
    public void The_file_says_how_to_use_it()
    {
        Exporter.Export(FormulaModel.Path, _folder["a.pth"]);
        Exporter.Export(
            _folder["a.pth"], _folder["m.onnx"],
            new ExportRequest
            {
                Precision = ExportPrecision.Float16,
                Model = new ModelOptions { InputSize = new ImageSize(120, 240) },
                Batch = 2
            });

        var info = OnnxModelInfo.Read(_folder["m.onnx"]);
        InferenceMetadata contract = MetadataJson.FindInference(info.Custom).ShouldNotBeNull();
        contract.Task.ShouldBe("segment");
        contract.InputShape.ShouldBe([2, 3, 120, 240]);
        contract.Outputs.ShouldBe(
            new Dictionary<string, string> { ["pred_boxes"] = "dets", ["pred_logits"] = "labels", ["pred_masks"] = "masks" },
            ignoreOrder: true);
        contract.Means.ShouldBe([0.485, 0.456, 0.406]);
        contract.Stds.ShouldBe([0.229, 0.224, 0.225]);
        contract.ClassNames[0].ShouldBe("ball");
        contract.ClassIdToName[8].ShouldBe("bottle");
        contract.NumClasses.ShouldBe(11);
        contract.NumSelect.ShouldBe(50);
        contract.PatchSize.ShouldBe(12);
        contract.NumWindows.ShouldBe(2);
        contract.ResizeAntialias.ShouldBeFalse();
        ArtifactNotes notes = MetadataJson.FindNotes(info.Custom).ShouldNotBeNull();
        notes.WeightsSha256.ShouldBe(FileDigests.Of(_folder["a.pth"]).Sha256);
        notes.Precision.ShouldBe("float16");
        notes.EmittedLabels.Count.ShouldBe(10);
        info.Inputs.Single().ToString().ShouldBe("'input' Float32 [2, 3, 120, 240]");

        using var detector = Detector.Load(_folder["m.onnx"]);
        detector.Model.InputWidth.ShouldBe(240);
        detector.Detect(s_image, s_low).Items.ShouldNotBeEmpty();
    }

    [Fact]
    public void Requests_that_do_not_fit_name_both_values()
    {
        Message(
            FormulaModel.Path, "x.onnx", new ExportRequest { Model = new ModelOptions { InputSize = new ImageSize(250, 240) } })
            .ShouldBe(
            "resolution 250×240 does not fit 'custom': both sides must be multiples of 24 (patch size 12 × 2 windows)");
        Message(FormulaModel.Path, "x.tflite").ShouldContain("ends in '.tflite', expected .onnx, .safetensors or .pth");
        Message(
            FormulaModel.Path, "x.pth", new ExportRequest { Dialect = OnnxDialect.OnnxRuntime })
            .ShouldContain("belong to .onnx files");
        Message(FormulaModel.Path, "x.onnx", new ExportRequest { Batch = 0 }).ShouldContain("Batch is 0, expected 1..1024");
        Message("some.onnx", "x.onnx").ShouldContain("is an ONNX file already");
        Exporter.Export(FormulaModel.Path, _folder["a.pth"]);
        Should.Throw<ArgumentException>(() =>
            Exporter.Export(_folder["a.pth"], _folder["a.pth"])).Message.ShouldContain("would replace the checkpoint");
        File.Exists(_folder["x.onnx"]).ShouldBeFalse();
    }

    [Fact]
    public void A_converted_checkpoint_keeps_arguments_classes_and_averages()
    {
        Exporter.Export(FormulaModel.Path, _folder["a.safetensors"]);
        using (var first = Checkpoint.Open(_folder["a.safetensors"]))
            TorchWriter.Write(
                _folder["ema.pth"], CheckpointContent.Of(first) with { Ema = first, Args = first.Args.With("lr", 1e-4) });

        Exporter.Export(_folder["ema.pth"], _folder["b.safetensors"]);
        Exporter.Export(
            _folder["ema.pth"], _folder["c.safetensors"],
            new ExportRequest { Model = new ModelOptions { Weights = WeightSet.Averaged } });

        using var both = Checkpoint.Open(_folder["b.safetensors"]);
        using var averaged = Checkpoint.Open(_folder["c.safetensors"]);
        both.HasEma.ShouldBeTrue();
        both.Args["lr"].ShouldBe(1e-4);
        averaged.HasEma.ShouldBeFalse();
        ClassMapRules.Find(both).Entries.Select(e => e.Name).ShouldContain("capsule");
        both.Names.ShouldBe(averaged.Names, ignoreOrder: true);
    }

    public void Dispose() => _folder.Dispose();

    private string Message(string model, string output, ExportRequest? request = null) =>
        Should.Throw<ArgumentException>(() => Exporter.Export(model, _folder[output], request)).Message;

    private static Detections Detect(string model)
    {
        using var detector = Detector.Load(model, null, new Engine.OnnxRuntime());
        return detector.Detect(s_image, s_low);
    }
}
