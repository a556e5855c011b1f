using Google.Protobuf;
using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>
/// The cheap facts of a model file: who wrote it, what goes in and out, its metadata. Constants and nodes are skipped,
/// so even a model of gigabytes is read in a moment, and ONNX Runtime is not needed.
/// </summary>
public sealed record OnnxModelInfo
{
    /// <summary>Version of the file format.</summary>
    public long IrVersion { get; init; }

    /// <summary>Program that wrote the file.</summary>
    public string ProducerName { get; init; } = "";

    /// <summary>Its version.</summary>
    public string ProducerVersion { get; init; } = "";

    /// <summary>Name of the graph.</summary>
    public string GraphName { get; init; } = "";

    /// <summary>Operator sets by domain; ONNX's own has the empty domain.</summary>
    public IReadOnlyDictionary<string, long> OperatorSets { get; init; } = new Dictionary<string, long>();

    /// <summary>Inputs, without the constants that old files list among them.</summary>
    public IReadOnlyList<OnnxValueInfo> Inputs { get; init; } = [];

    /// <summary>Outputs.</summary>
    public IReadOnlyList<OnnxValueInfo> Outputs { get; init; } = [];

    /// <summary>metadata_props.</summary>
    public IReadOnlyDictionary<string, string> Custom { get; init; } = new Dictionary<string, string>();

    /// <summary>Number of nodes in the graph.</summary>
    public int NodeCount { get; init; }

    /// <summary>Number of constants in the graph.</summary>
    public int ConstantCount { get; init; }

    /// <summary>Element types of the constants in the graph: float16 where the products are in half precision.</summary>
    public IReadOnlySet<OnnxElementType> ConstantTypes { get; init; } = new HashSet<OnnxElementType>();

    /// <summary>Reads the facts.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="OnnxFormatException">It is not an ONNX model.</exception>
    public static OnnxModelInfo Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, path);
    }

    internal static OnnxModelInfo Read(Stream stream, string name)
    {
        try
        {
            var skim = new ModelSkim();
            skim.Read(stream);
            return skim.ToInfo();
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or EndOfStreamException)
        {
            throw new OnnxFormatException($"'{name}' is not an ONNX model: {e.Message}", e);
        }
        catch (OnnxFormatException e)
        {
            throw new OnnxFormatException($"'{name}' is not an ONNX model: {e.Message}", e);
        }
    }

    internal static OnnxValueInfo Describe(ValueInfoProto value)
    {
        TypeProto.Types.Tensor? tensor = value.Type?.TensorType;
        if (tensor is null)
            return new OnnxValueInfo(value.Name, OnnxElementType.Undefined, []);
        OnnxDimension[] shape =
        [
            .. (tensor.Shape?.Dim ?? []).Select(dim => dim.ValueCase switch
            {
                TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue => new OnnxDimension(Math.Max(dim.DimValue, -1)),
                TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam => new OnnxDimension(-1, dim.DimParam),
                _ => new OnnxDimension(-1),
            }),
        ];
        return new OnnxValueInfo(value.Name, (OnnxElementType)tensor.ElemType, shape);
    }
}
