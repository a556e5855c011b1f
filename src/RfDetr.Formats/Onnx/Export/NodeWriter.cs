using System.Globalization;
using System.Runtime.InteropServices;
using Google.Protobuf;
using RfDetr.Graph;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Names values, adds nodes, constants and the casts between precisions.</summary>
internal sealed class NodeWriter(PrecisionPlan precision)
{
    private readonly Dictionary<Value, string> _names = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<(string Name, DType Type), string> _casts = [];
    private readonly HashSet<string> _taken = [];

    public GraphProto Graph { get; } = new();

    public PrecisionPlan Precision { get; } = precision;

    public string FirstInput => Graph.Input[0].Name;

    public void AddInput(InputValue input)
    {
        Reserve(input.Name);
        _names[input] = input.Name;
        Graph.Input.Add(Describe(input.Name, input.Type));
    }

    /// <summary>Keeps a name that callers rely on from being given to anything else.</summary>
    /// <exception cref="ArgumentException">Two inputs or outputs have this name.</exception>
    public void Reserve(string name)
    {
        if (!_taken.Add(name))
            throw new ArgumentException(
                $"two inputs, outputs or stages of the graph are named '{name}'; an ONNX model needs a name of its own for each");
    }

    // Outputs are float32 (or indices) and have names of their own, reserved before, whatever value they show.
    public void AddOutput(NamedValue output)
    {
        NodeProto node = Node("Identity", [Name(output.Value, output.Value.Type.DType)], output.Name);
        node.Name = $"output/{output.Name}";
        Graph.Output.Add(Describe(output.Name, output.Value.Type));
    }

    /// <summary>Adds the node that computes <paramref name="value"/>.</summary>
    public void Define(
        OpValue value, string opType, IReadOnlyList<string> inputs, Action<NodeProto>? attributes = null, string domain = "")
    {
        string name = Unique(opType);
        _names[value] = name;
        NodeProto node = Node(opType, inputs, name);
        node.Domain = domain;
        attributes?.Invoke(node);
    }

    /// <summary>Names the result of nodes that were added by hand.</summary>
    public void Define(OpValue value, string name) => _names[value] = name;

    /// <summary>Adds a helper node and returns its result's name.</summary>
    public string Helper(string opType, IReadOnlyList<string> inputs, Action<NodeProto>? attributes = null)
    {
        string name = Unique(opType);
        NodeProto node = Node(opType, inputs, name);
        attributes?.Invoke(node);
        return name;
    }

    /// <summary>The value's name in the precision wanted (cast if need be; constants are stored in it).</summary>
    public string Name(Value value, DType wanted)
    {
        if (value is ConstantValue constant)
            return Constant(constant, wanted);
        DType own = Precision.Of(value);
        return own == wanted ? _names[value] : Cast(_names[value], wanted);
    }

    /// <summary>A list of int64 as a constant.</summary>
    public string Longs(params ReadOnlySpan<long> values)
    {
        string key = "longs_" + string.Join('_', values.ToArray().Select(v => v.ToString(CultureInfo.InvariantCulture)));
        if (_taken.Add(key))
            Graph.Initializer.Add(
                new TensorProto
                {
                    Name = key,
                    DataType = (int)TensorProto.Types.DataType.Int64,
                    Dims = { values.Length },
                    RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values))
                });
        return key;
    }

    private string Constant(ConstantValue constant, DType wanted)
    {
        if (_casts.TryGetValue((Key(constant), wanted), out string? known))
            return known;
        string name = Unique(constant.Name ?? "constant");
        var proto = new TensorProto { Name = name, DataType = (int)ElementType(wanted), RawData = Bytes(constant.Data, wanted) };
        proto.Dims.AddRange(constant.Data.Shape.Select(s => (long)s));
        Graph.Initializer.Add(proto);
        return _casts[(Key(constant), wanted)] = name;
    }

    private string Key(ConstantValue constant)
    {
        if (!_names.TryGetValue(constant, out string? key))
            _names[constant] = key = string.Create(CultureInfo.InvariantCulture, $"#{_names.Count}");
        return key;
    }

    private string Cast(string name, DType wanted)
    {
        if (!_casts.TryGetValue((name, wanted), out string? cast))
            _casts[(name, wanted)] = cast = Helper("Cast", [name], node => node.Set("to", (long)ElementType(wanted)));
        return cast;
    }

    private NodeProto Node(string opType, IReadOnlyList<string> inputs, string output)
    {
        var node = new NodeProto { Name = output, OpType = opType };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        Graph.Node.Add(node);
        return node;
    }

    private string Unique(string name)
    {
        if (_taken.Add(name))
            return name;
        for (int i = 1; ; i++)
        {
            string numbered = string.Create(CultureInfo.InvariantCulture, $"{name}_{i}");
            if (_taken.Add(numbered))
                return numbered;
        }
    }

    private static ByteString Bytes(HostTensor data, DType wanted)
    {
        if (data.DType == wanted)
            return UnsafeByteOperations.UnsafeWrap(data.Bytes);
        float[] values = data.ToSingles();
        if (wanted == DType.Float32)
            return UnsafeByteOperations.UnsafeWrap(HostTensor.Of(values, values.Length).Bytes);
        return ByteString.CopyFrom(MemoryMarshal.AsBytes(Array.ConvertAll(values, v => (Half)v).AsSpan()));
    }

    private static ValueInfoProto Describe(string name, TensorType type)
    {
        var shape = new TensorShapeProto();
        shape.Dim.AddRange(type.Shape.Select(d => d.PerBatch
            ? new TensorShapeProto.Types.Dimension
            {
                DimParam = d.Factor == 1 ? "batch" : string.Create(CultureInfo.InvariantCulture, $"batch*{d.Factor}")
            }
            : new TensorShapeProto.Types.Dimension { DimValue = d.Factor }));
        return new()
        {
            Name = name,
            Type = new TypeProto
            {
                TensorType = new TypeProto.Types.Tensor { ElemType = (int)ElementType(type.DType), Shape = shape }
            }
        };
    }

    private static TensorProto.Types.DataType ElementType(DType dtype) => dtype switch
    {
        DType.Float32 => TensorProto.Types.DataType.Float,
        DType.Float16 => TensorProto.Types.DataType.Float16,
        DType.Int64 => TensorProto.Types.DataType.Int64,
        DType.Int8 => TensorProto.Types.DataType.Int8,
        DType.UInt8 => TensorProto.Types.DataType.Uint8,
        _ => throw new NotSupportedException($"the exporter does not write {dtype} values"),
    };
}
