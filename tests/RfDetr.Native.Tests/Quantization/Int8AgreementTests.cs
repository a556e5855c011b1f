using RfDetr.Cpu;
using RfDetr.Graph;
using RfDetr.Model;
using RfDetr.Onnx;
using RfDetr.OnnxRuntime;
using RfDetr.Tensors;

namespace RfDetr.Tests.Quantization;

/// <summary>8-bit products in ONNX Runtime against the same in our own engine, and both against floats.</summary>
public sealed class Int8AgreementTests
{
    // Of the largest value. ONNX Runtime takes one scale for all rows of an activation, ours one for each.
    private const double Tolerance = 0.15;

    [Theory]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Signed)]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Unsigned)]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Signed)]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Unsigned)]
    public void Both_engines_stay_close_to_floats_and_to_each_other(OnnxDialect dialect, Int8WeightForm form)
    {
        ModelConfig config = TinyNetwork.Boxes;
        NetworkGraph graph = TinyNetwork.Record(config, 2);
        Dictionary<string, HostTensor> image = TinyNetwork.Image(config, 2), exact = GraphEvaluator.Run(graph, image);
        var list = new ParameterList();
        _ = new RfDetrNetwork(new Weights(list, new ShapeBackend()), config);
        // Behind the selection of proposals, which integers may put in another order.
        HashSet<string> weights =
        [
            .. list.Parameters.Select(p => p.Name).Where(n =>
                QuantizationBlocks.Of(n) is { } block
                    && (block == "heads" || block.StartsWith("decoder", StringComparison.Ordinal)))
        ];
        Dictionary<string, HostTensor> own =
            CpuRuns.Run(graph, image, new CpuOptions { Threads = 1, Int8 = new Int8Products { Weights = weights } });

        byte[] model = OnnxExporter.ToBytes(
            graph, new() { Dialect = dialect, Precision = ExportPrecision.Int8, IsInt8 = weights.Contains, Int8Weights = form });
        using OnnxSession session = OnnxSession.FromBytes(model, new OnnxSessionOptions { IntraOpThreads = 1 });
        Dictionary<string, HostTensor> other = new(session.Run(image));

        TinyNetwork.ShouldAgree(own, exact, Tolerance);
        TinyNetwork.ShouldAgree(other, exact, Tolerance);
        TinyNetwork.ShouldAgree(other, own, Tolerance);
        other["labels"].ToSingles().ShouldNotBe(exact["labels"].ToSingles());
    }

    [Theory]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Signed)]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Unsigned)]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Signed)]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Unsigned)]
    public void A_single_product_of_one_row_gives_the_integers_of_our_own_engine(OnnxDialect dialect, Int8WeightForm form)
    {
        // One row: one scale in either engine. Values that no code can be between make the integers the same. Small weights
        // beside large ones: pairs fit 16 bits, so that signed codes keep the full range.
        float[] weights = [.. Enumerable.Range(0, 40 * 24).Select(i => (float)(i % 2 == 0 ? i * 37 % 255 - 127 : i % 2))],
        row = [.. Enumerable.Range(0, 40).Select(i => (float)(i * 53 % 256))];
        row[0] = 255;
        for (int o = 0; o < 24; o++)
            weights[o * 40] = 127;
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([1, 40]));
        NetworkGraph graph = backend.Finish([("y", x.Linear(backend.Parameter("w", HostTensor.Of(weights, 24, 40)), null))]);
        var inputs = new Dictionary<string, HostTensor> { ["x"] = HostTensor.Of(row, 1, 40) };

        byte[] model = OnnxExporter.ToBytes(
            graph,
            new() { Dialect = dialect, Precision = ExportPrecision.Int8, IsInt8 = name => name == "w", Int8Weights = form });
        using OnnxSession session = OnnxSession.FromBytes(model, new OnnxSessionOptions { IntraOpThreads = 1 });
        float[] other = session.Run(inputs)["y"].ToSingles();
        float[] own = CpuRuns.Run(
            graph, inputs, new CpuOptions { Threads = 1, Int8 = new Int8Products { Weights = new HashSet<string> { "w" } } })
            ["y"].ToSingles();
        float[] exact = [.. Enumerable.Range(0, 24).Select(o => row.Zip(weights[(o * 40)..], (a, b) => a * b).Sum())];
        own.ShouldBe(exact);
        other.ShouldBe(exact);
    }
}
