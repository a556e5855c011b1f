using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Tests.Operators;

/// <summary>The operations of the tensor language against the reference framework's own results (torch 1.13).</summary>
public sealed class OperatorGoldenTests
{
    // Both sides computed in float32: a few roundings of numbers of this size.
    private const double Tolerance = 1e-5;

    private static readonly SafetensorsGolden s_golden = SafetensorsGolden.Load("operators.safetensors");

    [Theory]
    [InlineData(3)]
    [InlineData(8)]
    public void Position_tables_are_resampled_as_the_reference_does(int side)
    {
        var host = new HostBackend();
        Tensor table = host.Constant(Golden("pos.table")).Reshape(1, 4, 5, 5).Permute(0, 2, 3, 1);
        Tensor resized = table.ResizeBicubicAntialias(side, side).Permute(0, 3, 1, 2).Reshape(4, side, side);
        ShouldAgree(HostBackend.Read(resized), $"pos.bicubic_antialias_{side}");
    }

    [Fact]
    public void Sampling_agrees_on_the_host()
    {
        var host = new HostBackend();
        ShouldAgree(
            HostBackend.Read(host.Constant(Golden("grid.value")).GridSample(host.Constant(Golden("grid.grid")))),
            "grid.bilinear_zeros");
    }

    [Fact]
    public void Sampling_agrees_in_onnx_runtime()
    {
        var inputs = new Dictionary<string, HostTensor> { ["value"] = Golden("grid.value"), ["grid"] = Golden("grid.grid") };
        ShouldAgree(RunOnnx(inputs, x => x[0].GridSample(x[1])), "grid.bilinear_zeros");
    }

    [Fact]
    public void Mask_logits_are_upsampled_as_the_reference_does()
    {
        var inputs = new Dictionary<string, HostTensor> { ["logits"] = Golden("mask.logits") };
        var host = new HostBackend();
        ShouldAgree(HostBackend.Read(Upsample(host.Constant(inputs["logits"]))), "mask.upsampled");
        ShouldAgree(RunOnnx(inputs, x => Upsample(x[0])), "mask.upsampled");

        static Tensor Upsample(Tensor logits) => logits.Reshape(3, 20, 24, 1).ResizeBilinear(61, 97).Reshape(3, 61, 97);
    }

    private static HostTensor RunOnnx(Dictionary<string, HostTensor> inputs, Func<Tensor[], Tensor> network)
    {
        var backend = new GraphBackend();
        Tensor[] x = [.. inputs.Select(i => backend.Input(i.Key, TensorType.Float(Shape.Of(i.Value.Shape))))];
        byte[] model = OnnxExporter.ToBytes(backend.Finish([("y", network(x))]), new ExportOptions());
        using OnnxSession session = OnnxSession.FromBytes(model, new OnnxSessionOptions { IntraOpThreads = 1 });
        return session.Run(inputs)["y"];
    }

    private static HostTensor Golden(string name) => HostTensor.Of(s_golden.Floats(name), s_golden.Shape(name));

    private static void ShouldAgree(HostTensor actual, string name)
    {
        float[] expected = s_golden.Floats(name), values = actual.ToSingles();
        actual.Shape.ShouldBe(s_golden.Shape(name));
        double allowed = Tolerance * expected.Max(Math.Abs);
        for (int i = 0; i < expected.Length; i++)
            Math.Abs((double)values[i] - expected[i]).ShouldBeLessThanOrEqualTo(allowed, $"{name}[{i}]");
    }
}
