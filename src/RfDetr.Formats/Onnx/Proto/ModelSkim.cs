using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>Walks over a model file and keeps only the facts of <see cref="OnnxModelInfo"/>.</summary>
internal sealed class ModelSkim
{
    // Field numbers of ModelProto and GraphProto, as in onnx.proto.
    private const int ModelIrVersion = 1;
    private const int ModelProducerName = 2;
    private const int ModelProducerVersion = 3;
    private const int ModelGraph = 7;
    private const int ModelOpsetImport = 8;
    private const int ModelMetadataProps = 14;
    private const int GraphNode = 1;
    private const int GraphName = 2;
    private const int GraphInitializer = 5;
    private const int GraphInput = 11;
    private const int GraphOutput = 12;
    private const int TensorDataType = 2;
    private const int TensorName = 8;

    private readonly Dictionary<string, string> _custom = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _operatorSets = new(StringComparer.Ordinal);
    private readonly HashSet<string> _constants = new(StringComparer.Ordinal);
    private readonly HashSet<OnnxElementType> _constantTypes = [];
    private readonly List<OnnxValueInfo> _inputs = [];
    private readonly List<OnnxValueInfo> _outputs = [];
    private long _irVersion;
    private string _producerName = "", _producerVersion = "", _graphName = "";
    private int _nodes;
    private bool _hasGraph;

    public void Read(Stream stream)
    {
        var wire = new WireReader(stream);
        while (wire.NextField(out int field, out WireType type))
        {
            switch (field, type)
            {
                case (ModelIrVersion, WireType.Varint): _irVersion = (long)wire.Varint(); break;
                case (ModelProducerName, WireType.Bytes): _producerName = wire.Text(); break;
                case (ModelProducerVersion, WireType.Bytes): _producerVersion = wire.Text(); break;
                case (ModelGraph, WireType.Bytes): ReadGraph(wire); break;
                case (ModelOpsetImport, WireType.Bytes):
                    OperatorSetIdProto opset = OperatorSetIdProto.Parser.ParseFrom(wire.Bytes());
                    _operatorSets[opset.Domain] = opset.Version;
                    break;
                case (ModelMetadataProps, WireType.Bytes):
                    StringStringEntryProto entry = StringStringEntryProto.Parser.ParseFrom(wire.Bytes());
                    _custom[entry.Key] = entry.Value;
                    break;
                default: wire.Skip(type); break;
            }
        }
    }

    public OnnxModelInfo ToInfo()
    {
        if (!_hasGraph || _irVersion <= 0)
            throw new OnnxFormatException(_hasGraph ? $"its ir_version is {_irVersion}" : "it has no graph");
        return new OnnxModelInfo
        {
            IrVersion = _irVersion,
            ProducerName = _producerName,
            ProducerVersion = _producerVersion,
            GraphName = _graphName,
            OperatorSets = _operatorSets,
            Inputs = [.. _inputs.Where(input => !_constants.Contains(input.Name))],
            Outputs = _outputs,
            Custom = _custom,
            NodeCount = _nodes,
            ConstantCount = _constants.Count,
            ConstantTypes = _constantTypes,
        };
    }

    private void ReadGraph(WireReader wire)
    {
        _hasGraph = true;
        long outer = wire.Enter();
        while (wire.NextField(out int field, out WireType type))
        {
            switch (field, type)
            {
                case (GraphNode, WireType.Bytes): _nodes++; wire.Skip(type); break;
                case (GraphName, WireType.Bytes): _graphName = wire.Text(); break;
                case (GraphInitializer, WireType.Bytes): ReadConstant(wire); break;
                case (GraphInput, WireType.Bytes):
                    _inputs.Add(
                    OnnxModelInfo.Describe(ValueInfoProto.Parser.ParseFrom(wire.Bytes())));
                    break;
                case (GraphOutput, WireType.Bytes):
                    _outputs.Add(
                    OnnxModelInfo.Describe(ValueInfoProto.Parser.ParseFrom(wire.Bytes())));
                    break;
                default: wire.Skip(type); break;
            }
        }

        wire.Leave(outer);
    }

    private void ReadConstant(WireReader wire)
    {
        long outer = wire.Enter();
        while (wire.NextField(out int field, out WireType type))
        {
            switch (field, type)
            {
                case (TensorName, WireType.Bytes): _constants.Add(wire.Text()); break;
                case (TensorDataType, WireType.Varint): _constantTypes.Add((OnnxElementType)wire.Varint()); break;
                default: wire.Skip(type); break;
            }
        }

        wire.Leave(outer);
    }
}
