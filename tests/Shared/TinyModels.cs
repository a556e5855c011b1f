using RfDetr.Onnx;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Tests;

/// <summary>ONNX models of one or two nodes.</summary>
internal static class TinyModels
{
    private const string Batch = "batch";

    /// <summary>y = x + x, [batch, 3].</summary>
    public static ModelProto Add(OnnxElementType type = OnnxElementType.Float32) => Model(
        [Value("x", type, Batch, 3)], [Value("y", type, Batch, 3)], [Node("Add", ["x", "x"], "y")]);

    /// <summary>y = x · w, [batch, 4] × [4, 2].</summary>
    public static ModelProto MatMul(float[] weights) => Model(
        [Value("x", OnnxElementType.Float32, Batch, 4)],
        [Value("y", OnnxElementType.Float32, Batch, 2)],
        [Node("MatMul", ["x", "w"], "y")],
        OnnxTensor.ToProto("w", HostTensor.Of(weights, 4, 2)));

    /// <summary>Bilinear samples of [1, 1, 2, 2] at [1, 1, n, 2], zero outside.</summary>
    public static ModelProto GridSample() => Model(
        [Value("x", OnnxElementType.Float32, 1, 1, 2, 2), Value("grid", OnnxElementType.Float32, 1, 1, "n", 2)],
        [Value("y", OnnxElementType.Float32, 1, 1, 1, "n")],
        [
            Node(
                "GridSample", ["x", "grid"], "y", Text("mode", "bilinear"), Text("padding_mode", "zeros"),
                Int("align_corners", 0))
        ]);

    /// <summary>Indices of what is not zero in [n]: the output's size depends on the values.</summary>
    public static ModelProto NonZero() => Model(
        [Value("x", OnnxElementType.Float32, "n")],
        [Value("indices", OnnxElementType.Int64, 1, "count")],
        [Node("NonZero", ["x"], "indices")]);

    /// <summary>A chain of products [n, n] that keeps a core busy for a while.</summary>
    public static ModelProto Long(int size, int steps)
    {
        NodeProto[] nodes =
        [
            .. Enumerable.Range(0, steps).Select(step =>
                Node("MatMul", [step == 0 ? "x" : $"h{step}", "w"], step == steps - 1 ? "y" : $"h{step + 1}")),
        ];
        return Model(
            [Value("x", OnnxElementType.Float32, size, size)],
            [Value("y", OnnxElementType.Float32, size, size)],
            nodes,
            OnnxTensor.ToProto("w", HostTensor.Of(new float[size * size], size, size)));
    }

    public static ModelProto Model(
        ValueInfoProto[] inputs, ValueInfoProto[] outputs, NodeProto[] nodes, params TensorProto[] constants)
    {
        var graph = new GraphProto { Name = "tiny" };
        graph.Input.Add(inputs);
        graph.Output.Add(outputs);
        graph.Node.Add(nodes);
        graph.Initializer.Add(constants);
        var model = new ModelProto { IrVersion = 8, ProducerName = "rfdetr-tests", ModelVersion = 7, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 17 });
        return model;
    }

    /// <summary>An input or output; dimensions are numbers or names.</summary>
    public static ValueInfoProto Value(string name, OnnxElementType type, params object[] dimensions)
    {
        var shape = new TensorShapeProto();
        foreach (object dimension in dimensions)
        {
            shape.Dim.Add(dimension is int size
                ? new TensorShapeProto.Types.Dimension { DimValue = size }
                : new TensorShapeProto.Types.Dimension { DimParam = (string)dimension });
        }

        return new ValueInfoProto
        {
            Name = name,
            Type = new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = (int)type, Shape = shape } },
        };
    }

    public static NodeProto Node(string operation, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = operation };
        node.Input.Add(inputs);
        node.Output.Add(output);
        node.Attribute.Add(attributes);
        return node;
    }

    public static AttributeProto Int(string name, long value) =>
        new() { Name = name, Type = AttributeProto.Types.AttributeType.Int, I = value };

    public static AttributeProto Text(string name, string value) =>
        new()
        {
            Name = name,
            Type = AttributeProto.Types.AttributeType.String,
            S = Google.Protobuf.ByteString.CopyFromUtf8(value)
        };
}
