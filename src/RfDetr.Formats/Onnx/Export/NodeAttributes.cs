using Google.Protobuf;
using RfDetr.Onnx.Proto;
using AttributeType = RfDetr.Onnx.Proto.AttributeProto.Types.AttributeType;

namespace RfDetr.Onnx;

/// <summary>Typed attributes of a node.</summary>
internal static class NodeAttributes
{
    public static void Set(this NodeProto node, string name, long value) =>
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });

    public static void Set(this NodeProto node, string name, float value) =>
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.Float, F = value });

    public static void Set(this NodeProto node, string name, string value) =>
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public static void Set(this NodeProto node, string name, IEnumerable<int> values) =>
        node.Attribute.Add(new AttributeProto { Name = name, Type = AttributeType.Ints, Ints = { values.Select(v => (long)v) } });
}
