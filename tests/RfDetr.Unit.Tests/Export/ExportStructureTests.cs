using RfDetr.Graph;
using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;
using ElementType = RfDetr.Onnx.Proto.TensorProto.Types.DataType;

namespace RfDetr.Tests.Export;

/// <summary>Structure of a written model.</summary>
public sealed class ExportStructureTests
{
    private static readonly NetworkGraph s_graph =
        TinyNetwork.Record(TinyNetwork.Masks, Dim.Batch, taps: name => name == "projector.0");

    [Theory]
    [InlineData(OnnxDialect.Portable, true)]
    [InlineData(OnnxDialect.Portable, false)]
    [InlineData(OnnxDialect.OnnxRuntime, true)]
    public void The_contract_of_names_and_open_batches_is_kept(OnnxDialect dialect, bool optimize)
    {
        ModelProto model = OnnxExporter.Build(s_graph, new() { Dialect = dialect, Optimize = optimize, GraphName = "tiny" });
        model.OpsetImport.Single(o => o.Domain.Length == 0).Version.ShouldBe(17);
        model.Graph.Name.ShouldBe("tiny");
        model.Graph.Input.Select(Describe).ShouldBe(["input [batch, 3, 16, 16]"]);
        model.Graph.Output.Select(Describe).ShouldBe(
            ["dets [batch, 5, 4]", "labels [batch, 5, 4]", "masks [batch, 5, 4, 4]", "projector.0 [batch, 32, 8, 8]"]);
    }

    [Fact]
    public void The_portable_dialect_uses_standard_operators_only()
    {
        ModelProto portable = OnnxExporter.Build(s_graph, new()),
        fused = OnnxExporter.Build(s_graph, new() { Dialect = OnnxDialect.OnnxRuntime });
        portable.Graph.Node.ShouldAllBe(n => n.Domain.Length == 0);
        portable.OpsetImport.ShouldHaveSingleItem();
        fused.Graph.Node.Where(n => n.Domain == "com.microsoft")
            .Select(n => n.OpType).Distinct().ShouldBe(["Attention", "MultiHeadAttention", "Gelu"], ignoreOrder: true);
        fused.OpsetImport.Count.ShouldBe(2);
    }

    [Fact]
    public void A_fixed_batch_is_written_as_a_number() =>
        Describe(OnnxExporter.Build(TinyNetwork.Record(TinyNetwork.Boxes, 2), new()).Graph.Output[0]).ShouldBe("dets [2, 5, 4]");

    [Fact]
    public void Every_name_is_defined_once_and_before_it_is_used()
    {
        foreach (
            ExportOptions options in new ExportOptions[]
            {
                new(), new() { Optimize = false },
                new() { Precision = ExportPrecision.Float16, Dialect = OnnxDialect.OnnxRuntime }
            })
        {
            GraphProto graph = OnnxExporter.Build(s_graph, options).Graph;
            var known =
                new HashSet<string>(graph.Input.Select(i => i.Name).Concat(graph.Initializer.Select(i => i.Name)).Append(""));
            known.Count.ShouldBe(graph.Input.Count + graph.Initializer.Count + 1);
            foreach (NodeProto node in graph.Node)
            {
                node.Input.ShouldAllBe(name => known.Contains(name));
                node.Output.ShouldAllBe(name => known.Add(name));
            }

            graph.Output.ShouldAllBe(o => known.Contains(o.Name));
        }
    }

    [Theory]
    [InlineData(OnnxDialect.Portable)]
    [InlineData(OnnxDialect.OnnxRuntime)]
    public void In_half_precision_products_are_half_and_sums_stay_single(OnnxDialect dialect)
    {
        GraphProto graph = OnnxExporter.Build(s_graph, new() { Precision = ExportPrecision.Float16, Dialect = dialect }).Graph;
        Dictionary<string, ElementType> types = Types(graph);
        NodeProto[] norms =
        [
            .. graph.Node.Where(n => n.OpType is "LayerNormalization" or "Softmax" or "ReduceMean" or "ReduceSum" or "GridSample")
        ];
        norms.Select(n => n.OpType).Distinct().Count().ShouldBeGreaterThanOrEqualTo(4);
        norms.SelectMany(n =>
            n.Input.Take(n.OpType == "ReduceSum" ? 1 : 3)).ShouldAllBe(name => types[name] == ElementType.Float);
        NodeProto[] products = [.. graph.Node.Where(n => n.OpType is "MatMul" or "Conv" or "MultiHeadAttention")];
        products.ShouldNotBeEmpty();
        products.SelectMany(n => n.Input).ShouldAllBe(name => types[name] == ElementType.Float16);
        graph.Output.ShouldAllBe(o => o.Type.TensorType.ElemType == (int)ElementType.Float && types[o.Name] == ElementType.Float);
        // Weights of products are stored once, in half; those of norms in single precision.
        graph.Initializer.Select(i => i.Name).ShouldBeUnique();
        graph.Initializer.Where(i =>
            i.Dims.Count >= 2 && i.DataType == (int)ElementType.Float && i.Name.EndsWith("weight", StringComparison.Ordinal))
            .ShouldAllBe(i =>
                i.Name.StartsWith("refpoint_embed", StringComparison.Ordinal)
                    || i.Name.StartsWith("query_feat", StringComparison.Ordinal));
    }

    [Fact]
    public void Single_precision_models_have_no_casts_and_no_half()
    {
        GraphProto graph = OnnxExporter.Build(s_graph, new()).Graph;
        graph.Node.ShouldAllBe(n => n.OpType != "Cast");
        graph.Initializer.ShouldAllBe(i => i.DataType == (int)ElementType.Float || i.DataType == (int)ElementType.Int64);
    }

    [Fact]
    public void The_traced_form_keeps_what_the_optimized_one_folds_away()
    {
        string[] traced = Operators(new() { Optimize = false }), optimized = Operators(new());
        foreach (string folded in new[] { "Mul", "Conv", "Transpose" })
            optimized.Count(o => o == folded).ShouldBeLessThan(traced.Count(o => o == folded), folded);

        static string[] Operators(ExportOptions options) =>
            [.. OnnxExporter.Build(s_graph, options).Graph.Node.Select(n => n.OpType)];
    }

    [Fact]
    public void An_operation_without_an_operator_is_refused_by_name()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([1, 4, 4, 1])).ResizeBicubicAntialias(2, 2);
        Should.Throw<NotSupportedException>(() =>
            OnnxExporter.ToBytes(backend.Finish([("y", x)]), new())).Message.ShouldContain("ResizeBicubicAntialias");
    }

    [Fact]
    public void Outputs_keep_their_names_whatever_else_has_them()
    {
        var backend = new GraphBackend();
        Tensor x = backend.Input("x", TensorType.Float([2]));
        Tensor y = (x + backend.Parameter("y", HostTensor.Of([1f, 2], 2))).Exp();
        GraphProto graph = OnnxExporter.Build(backend.Finish([("y", y), ("Exp", y)]), new()).Graph;
        graph.Output.Select(o => o.Name).ShouldBe(["y", "Exp"]);
        graph.Node.SelectMany(n => n.Output).Concat(graph.Initializer.Select(i => i.Name)).ShouldBeUnique();
        graph.Node.SelectMany(n => n.Output).ShouldContain("y");
        Should.Throw<ArgumentException>(() => OnnxExporter.Build(backend.Finish([("x", y)]), new())).Message.ShouldContain("'x'");
    }

    // Element type of every name, by following the casts.
    private static Dictionary<string, ElementType> Types(GraphProto graph)
    {
        var types = graph.Initializer.ToDictionary(i => i.Name, i => (ElementType)i.DataType);
        foreach (ValueInfoProto input in graph.Input)
            types[input.Name] = (ElementType)input.Type.TensorType.ElemType;
        foreach (NodeProto node in graph.Node)
        {
            ElementType type = node.OpType switch
            {
                "Cast" => (ElementType)node.Attribute.Single(a => a.Name == "to").I,
                "Shape" => ElementType.Int64,
                _ => types[node.Input[0]],
            };
            foreach (string output in node.Output)
                types[output] = type;
            if (node.OpType == "TopK")
                types[node.Output[1]] = ElementType.Int64;
        }

        return types;
    }

    private static string Describe(ValueInfoProto value) =>
        $"{value.Name} "
            + $"[{string.Join(", ", value.Type.TensorType.Shape.Dim.Select(d => d.HasDimParam ? d.DimParam : $"{d.DimValue}"))}]";
}
