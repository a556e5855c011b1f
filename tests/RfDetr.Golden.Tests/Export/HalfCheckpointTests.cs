using RfDetr.Checkpoints;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tests.Export;

/// <summary>Checkpoints in half precision, as people pass them on and as the library embeds its own.</summary>
public sealed class HalfCheckpointTests : IDisposable
{
    private static readonly ExportRequest s_half = new() { Precision = ExportPrecision.Float16 };
    private readonly TemporaryFolder _folder = new();

    [Theory]
    [InlineData("h.safetensors", ExportPrecision.Float16)]
    [InlineData("h.pth", ExportPrecision.Float16)]
    [InlineData("b.safetensors", ExportPrecision.BFloat16)]
    [InlineData("b.pth", ExportPrecision.BFloat16)]
    [Trait("Duration", "Long")]
    public void Every_value_is_rounded_once_and_the_file_is_half_as_large(string name, ExportPrecision precision)
    {
        DType type = precision == ExportPrecision.BFloat16 ? DType.BFloat16 : DType.Float16;
        Exporter.Export(FormulaModel.Path, _folder["w.safetensors"]);
        Exporter.Export(_folder["w.safetensors"], _folder[name], s_half with { Precision = precision });

        using var whole = Checkpoint.Open(_folder["w.safetensors"]);
        using var half = Checkpoint.Open(_folder[name]);
        half.Names.ShouldBe(whole.Names, ignoreOrder: true);
        foreach (string weight in whole.Names)
        {
            whole.TryGet(weight, out HostTensor? before).ShouldBeTrue();
            half.TryGet(weight, out HostTensor? after).ShouldBeTrue();
            after!.DType.ShouldBe(type);
            after.Shape.ShouldBe(before!.Shape);
            after.ToSingles().ShouldBe(
                before.ToSingles().Select(v => type == DType.BFloat16 ? BFloat16.Widen(BFloat16.Round(v)) : (float)(Half)v),
                weight);
        }

        ((double)half.Length / whole.Length).ShouldBeInRange(0.49, 0.53);
        ConfigInference.Explain(half).Config.ShouldBeEquivalentTo(ConfigInference.Explain(whole).Config);
        ClassMapRules.Find(half).ShouldBe(ClassMapRules.Find(whole));
    }

    [Fact]
    public void What_the_run_said_of_its_machine_stays_behind()
    {
        Exporter.Export(FormulaModel.Path, _folder["a.safetensors"]);
        using (var first = Checkpoint.Open(_folder["a.safetensors"]))
        {
            TorchWriter.Write(_folder["run.pth"], CheckpointContent.Of(first) with
            {
                Ema = first,
                Args = first.Args.With("dataset_dir", "my-own-images").With("lr", 1e-4).With("resize_antialias", true),
                Metadata = first.Metadata.With("epoch", 7L).With("rfdetr_training", new PlainMap([new("steps", 3L)])),
            });
        }

        Exporter.Export(
            _folder["run.pth"], _folder["h.safetensors"],
            s_half with { Model = new ModelOptions { Weights = WeightSet.Averaged } });

        using var half = Checkpoint.Open(_folder["h.safetensors"]);
        half.HasEma.ShouldBeFalse();
        half.Args["dataset_dir"].ShouldBeNull();
        half.Args["lr"].ShouldBeNull();
        half.Args["resize_antialias"].ShouldBe(true);
        half.Args["resolution"].ShouldBe(240L);
        half.Metadata["epoch"].ShouldBe(7L);
        half.Metadata["rfdetr_training"].ShouldBeNull();
        File.ReadAllText(_folder["h.safetensors"]).ShouldNotContain("my-own-images");
    }

    [Theory]
    [InlineData(EngineKind.Cpu)]
    [InlineData(EngineKind.OnnxRuntime)]
    [Trait("Duration", "Long")]
    public void Engines_widen_it_again(EngineKind engine)
    {
        Exporter.Export(FormulaModel.Path, _folder["h.safetensors"], s_half);
        using (var half = Checkpoint.Open(_folder["h.safetensors"]))
        {
            var widened = new TensorSet(half.Names.ToDictionary(n => n, n =>
            {
                half.TryGet(n, out HostTensor? tensor).ShouldBeTrue();
                return HostTensor.Of(tensor!.ToSingles(), [.. tensor.Shape]);
            }));
            SafetensorsWriter.Write(_folder["w.safetensors"], CheckpointContent.Of(half) with { Weights = widened });
        }

        Detections narrow = Detect("h.safetensors", engine);

        narrow.Items.Count.ShouldBeGreaterThan(5);
        narrow.Items.ShouldBe(Detect("w.safetensors", engine).Items);
    }

    [Fact]
    public void A_value_beyond_half_precision_is_refused_by_name()
    {
        var weights = new TensorSet(new Dictionary<string, HostTensor> { ["a.weight"] = HostTensor.Of([1f, 70000f], 2) });

        Should.Throw<ArgumentException>(() => new HalfWeights(weights).TryGet("a.weight", out _)).Message
            .ShouldBe("weight 'a.weight' holds 70000, half precision ends at ±65504; keep fp32");
    }

    public void Dispose() => _folder.Dispose();

    private Detections Detect(string file, EngineKind engine)
    {
        using var detector =
            Detector.Load(_folder[file], null, engine == EngineKind.Cpu ? new Engine.Cpu() : new Engine.OnnxRuntime());
        return detector.Detect(Goldens.Path("images/reference_x4.png"), new DetectOptions { ScoreThreshold = 0.02f });
    }
}
