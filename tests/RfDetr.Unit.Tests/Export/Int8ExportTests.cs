using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests.Export;

/// <summary>What models with products of 8-bit integers are made of.</summary>
public sealed class Int8ExportTests
{
    private const string Layer = "backbone.0.encoder.encoder.encoder.layer.";
    private static readonly NetworkGraph s_graph = TinyNetwork.Record(TinyNetwork.Masks, Dim.Batch);

    [Theory]
    [InlineData(OnnxDialect.Portable, "MatMulInteger")]
    [InlineData(OnnxDialect.OnnxRuntime, "DynamicQuantizeMatMul")]
    public void Chosen_products_and_no_others_are_of_integers(OnnxDialect dialect, string operation)
    {
        GraphProto graph = Build(dialect, name => name.Contains(".mlp.", StringComparison.Ordinal)).Graph;
        NodeProto[] products = [.. graph.Node.Where(n => n.OpType == operation)];
        products.Length.ShouldBe(2 * TinyNetwork.Masks.EncoderDepth);
        foreach (NodeProto product in products)
        {
            TensorProto codes = graph.Initializer.Single(i => i.Name == product.Input[1]);
            codes.DataType.ShouldBe((int)TensorProto.Types.DataType.Uint8);
            codes.RawData.Length.ShouldBe((int)(codes.Dims[0] * codes.Dims[1]));
        }

        graph.Node.Count(n => n.OpType == "DynamicQuantizeLinear").ShouldBe(dialect == OnnxDialect.Portable ? products.Length : 0);
    }

    [Fact]
    public void Projections_of_one_input_share_its_codes()
    {
        GraphProto graph = Build(OnnxDialect.Portable, name => name.StartsWith(Layer + "0.attention.attention.", StringComparison.Ordinal)).Graph;
        graph.Node.Count(n => n.OpType == "MatMulInteger").ShouldBe(3);
        graph.Node.Count(n => n.OpType == "DynamicQuantizeLinear").ShouldBe(1);
    }

    [Fact]
    public void Attention_stays_packed_where_its_projections_are_in_float()
    {
        GraphProto some = Build(OnnxDialect.OnnxRuntime, name => name.StartsWith(Layer + "0.attention.", StringComparison.Ordinal)).Graph;
        GraphProto none = Build(OnnxDialect.OnnxRuntime, _ => false).Graph;
        none.Node.Count(n => n.OpType == "Attention").ShouldBe(TinyNetwork.Masks.EncoderDepth);
        some.Node.Count(n => n.OpType == "Attention").ShouldBe(TinyNetwork.Masks.EncoderDepth - 1);
        some.Node.Count(n => n.OpType == "DynamicQuantizeMatMul").ShouldBe(4);
    }

    [Fact]
    public void Int8_without_a_choice_is_the_callers_mistake() =>
        Should.Throw<ArgumentException>(() => OnnxExporter.Build(s_graph, new() { Precision = ExportPrecision.Int8 })).Message.ShouldContain("IsInt8");

    private static ModelProto Build(OnnxDialect dialect, Func<string, bool> isInt8) =>
        OnnxExporter.Build(s_graph, new() { Dialect = dialect, Precision = ExportPrecision.Int8, IsInt8 = isInt8 });
}
