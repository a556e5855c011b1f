using System.Runtime.InteropServices;
using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests.Export;

/// <summary>The operators and constants of models with products of 8-bit integers.</summary>
public sealed class Int8ExportTests
{
    private const string Layer = "backbone.0.encoder.encoder.encoder.layer.";
    private static readonly NetworkGraph s_graph = TinyNetwork.Record(TinyNetwork.Masks, Dim.Batch);

    [Theory]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Signed, "MatMulInteger")]
    [InlineData(OnnxDialect.Portable, Int8WeightForm.Unsigned, "MatMulInteger")]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Signed, "DynamicQuantizeMatMul")]
    [InlineData(OnnxDialect.OnnxRuntime, Int8WeightForm.Unsigned, "DynamicQuantizeMatMul")]
    public void Chosen_products_and_no_others_are_of_integers(OnnxDialect dialect, Int8WeightForm form, string operation)
    {
        GraphProto graph = Build(dialect, name => name.Contains(".mlp.", StringComparison.Ordinal), form).Graph;
        NodeProto[] products = [.. graph.Node.Where(n => n.OpType == operation)];
        products.Length.ShouldBe(2 * TinyNetwork.Masks.EncoderDepth);
        foreach (NodeProto product in products)
        {
            TensorProto codes = graph.Initializer.Single(i => i.Name == product.Input[1]);
            codes.DataType.ShouldBe(
                (int)(form == Int8WeightForm.Signed ? TensorProto.Types.DataType.Int8 : TensorProto.Types.DataType.Uint8));
            codes.RawData.Length.ShouldBe((int)(codes.Dims[0] * codes.Dims[1]));
            // Zero points are the fourth input of either operator; signed codes need none.
            string zeros = product.Input.Count > 3 ? product.Input[3] : "";
            (zeros.Length > 0).ShouldBe(form == Int8WeightForm.Unsigned);
            if (form == Int8WeightForm.Signed)
                PairsShouldFit(codes);
        }

        graph.Node.Count(n => n.OpType == "DynamicQuantizeLinear").ShouldBe(
            dialect == OnnxDialect.Portable ? products.Length : 0);
    }

    [Fact]
    public void Weights_are_signed_unless_asked_otherwise()
    {
        new ExportOptions().Int8Weights.ShouldBe(Int8WeightForm.Signed);
        new ExportRequest().Int8Weights.ShouldBe(Int8WeightForm.Signed);
    }

    [Fact]
    public void The_form_of_weights_is_for_int8_only() =>
        Should.Throw<ArgumentException>(() =>
            Exporter.Export("demo", "m.onnx", new ExportRequest { Int8Weights = Int8WeightForm.Unsigned }))
            .Message.ShouldBe("Int8Weights is Unsigned, which is for Int8; the precision is Float32");

    [Fact]
    public void Projections_of_one_input_share_its_codes()
    {
        GraphProto graph = Build(
            OnnxDialect.Portable, name => name.StartsWith(Layer + "0.attention.attention.", StringComparison.Ordinal)).Graph;
        graph.Node.Count(n => n.OpType == "MatMulInteger").ShouldBe(3);
        graph.Node.Count(n => n.OpType == "DynamicQuantizeLinear").ShouldBe(1);
    }

    [Fact]
    public void Attention_stays_packed_where_its_projections_are_in_float()
    {
        GraphProto some =
            Build(OnnxDialect.OnnxRuntime, name => name.StartsWith(Layer + "0.attention.", StringComparison.Ordinal)).Graph;
        GraphProto none = Build(OnnxDialect.OnnxRuntime, _ => false).Graph;
        none.Node.Count(n => n.OpType == "Attention").ShouldBe(TinyNetwork.Masks.EncoderDepth);
        some.Node.Count(n => n.OpType == "Attention").ShouldBe(TinyNetwork.Masks.EncoderDepth - 1);
        some.Node.Count(n => n.OpType == "DynamicQuantizeMatMul").ShouldBe(4);
    }

    [Fact]
    public void Int8_without_a_choice_is_the_callers_mistake() =>
        Should.Throw<ArgumentException>(() =>
            OnnxExporter.Build(s_graph, new() { Precision = ExportPrecision.Int8 })).Message.ShouldContain("IsInt8");

    // [in, out]: codes 2i and 2i + 1 of an output lie a row apart.
    private static void PairsShouldFit(TensorProto codes)
    {
        ReadOnlySpan<sbyte> values = MemoryMarshal.Cast<byte, sbyte>(codes.RawData.Span);
        (int inputs, int outputs) = ((int)codes.Dims[0], (int)codes.Dims[1]);
        int largest = 0;
        for (int i = 0; i + 1 < inputs; i += 2)
        {
            for (int o = 0; o < outputs; o++)
                largest = Math.Max(largest, Math.Abs(values[i * outputs + o] + values[(i + 1) * outputs + o]));
        }

        largest.ShouldBeInRange(64, Int8Codes.LargestPair);
    }

    private static ModelProto Build(
        OnnxDialect dialect, Func<string, bool> isInt8, Int8WeightForm form = Int8WeightForm.Signed) =>
        OnnxExporter.Build(
            s_graph, new() { Dialect = dialect, Precision = ExportPrecision.Int8, IsInt8 = isInt8, Int8Weights = form });
}
