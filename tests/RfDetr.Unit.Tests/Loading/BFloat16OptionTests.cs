using RfDetr.Cpu;
using RfDetr.Onnx;
using RfDetr.Tensors;

namespace RfDetr.Tests.Loading;

/// <summary>bfloat16 by option: our own engine, where the processor has it, and files.</summary>
public sealed class BFloat16OptionTests
{
    private static readonly Engine s_engine = new Engine.Cpu { Precision = CpuPrecision.BFloat16, Threads = 1 };

    [Fact]
    public void It_runs_where_the_processor_has_it_and_else_one_error_names_the_cure()
    {
        if (InstructionSets.HasBFloat16Products)
        {
            using var detector = Detector.Load(BuiltInModels.Default, null, s_engine);
            detector.Model.Engine.ShouldEndWith(", bf16");
            return;
        }

        string error = Should.Throw<ArgumentException>(() => Detector.Load(BuiltInModels.Default, null, s_engine)).Message;
        error.ShouldContain("AVX-512 BF16");
        error.ShouldContain("compute in float32, or in int8");
    }

    [Fact]
    public void Onnx_files_do_not_hold_it()
    {
        var graph = TinyNetwork.Record(TinyNetwork.Boxes, 1);
        Should.Throw<ArgumentException>(() =>
            OnnxExporter.ToBytes(graph, new() { Precision = ExportPrecision.BFloat16 }))
            .Message.ShouldContain("Float32, Float16 or Int8");
    }

    [Fact]
    public void Files_hold_values_rounded_once()
    {
        float[] values = [1.001f, -3.14159f, 70000, 0];
        var half = new HalfWeights(
            new TensorSet(new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of(values, 4) }), DType.BFloat16);
        half.TryGet("w", out HostTensor? tensor).ShouldBeTrue();
        tensor!.DType.ShouldBe(DType.BFloat16);
        tensor.ToSingles().ShouldBe(values.Select(v => BFloat16.Widen(BFloat16.Round(v))));
        var beyond = new TensorSet(new Dictionary<string, HostTensor> { ["w"] = HostTensor.Of([float.MaxValue], 1) });
        Should.Throw<ArgumentException>(() =>
            new HalfWeights(beyond, DType.BFloat16).TryGet("w", out _))
            .Message.ShouldEndWith("bfloat16 ends at ±3.39e38; keep fp32");
    }
}
