using System.Globalization;
using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>Position of a constant in another file: the entries location, offset and length.</summary>
/// <param name="Location">File name relative to the model's folder, with forward slashes.</param>
/// <param name="Offset">First byte.</param>
/// <param name="Length">Number of bytes; −1: to the end of the file.</param>
internal readonly record struct ExternalData(string Location, long Offset, long Length)
{
    // The specification recommends multiples of the page size so that the file can be mapped.
    public const int Alignment = 4096;

    /// <summary>Constants of the graph and of its subgraphs and attributes.</summary>
    public static IEnumerable<TensorProto> Tensors(GraphProto? graph)
    {
        var pending = new Stack<GraphProto>();
        if (graph is not null)
            pending.Push(graph);
        while (pending.TryPop(out GraphProto? at))
        {
            foreach (TensorProto tensor in at.Initializer)
                yield return tensor;
            foreach (AttributeProto attribute in at.Node.SelectMany(node => node.Attribute))
            {
                if (attribute.T is not null)
                    yield return attribute.T;
                foreach (TensorProto tensor in attribute.Tensors)
                    yield return tensor;
                if (attribute.G is not null)
                    pending.Push(attribute.G);
                foreach (GraphProto inner in attribute.Graphs)
                    pending.Push(inner);
            }
        }
    }

    public static bool IsExternal(TensorProto tensor) => tensor.DataLocation == TensorProto.Types.DataLocation.External;

    /// <summary>Replaces a constant's elements by this place.</summary>
    public void Store(TensorProto tensor)
    {
        tensor.RawData = Google.Protobuf.ByteString.Empty;
        tensor.DataLocation = TensorProto.Types.DataLocation.External;
        tensor.ExternalData.Clear();
        tensor.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = Location });
        tensor.ExternalData.Add(
            new StringStringEntryProto { Key = "offset", Value = Offset.ToString(CultureInfo.InvariantCulture) });
        tensor.ExternalData.Add(
            new StringStringEntryProto { Key = "length", Value = Length.ToString(CultureInfo.InvariantCulture) });
    }

    /// <exception cref="OnnxFormatException">
    /// An entry is missing or is no number, or the location leaves the model's folder.
    /// </exception>
    public static ExternalData Of(TensorProto tensor)
    {
        string location = "";
        long offset = 0, length = -1;
        foreach (StringStringEntryProto entry in tensor.ExternalData)
        {
            if (entry.Key == "location")
                location = entry.Value;
            else if (entry.Key == "offset")
                offset = Number(tensor, entry);
            else if (entry.Key == "length")
                length = Number(tensor, entry);
        }

        if (!IsInside(location))
            throw new OnnxFormatException(
                $"constant '{tensor.Name}' lies in '{location}', expected a file below the model's folder");
        return new ExternalData(location, offset, length);
    }

    /// <summary>A model from a stranger must not read files elsewhere.</summary>
    private static bool IsInside(string location) =>
        location.Length > 0 &&
        !location.Contains('\0', StringComparison.Ordinal) &&
        !Path.IsPathRooted(location) &&
        !location.Contains(':', StringComparison.Ordinal) &&
        !location.Split('/', '\\').Contains("..");

    private static long Number(TensorProto tensor, StringStringEntryProto entry) =>
        long.TryParse(entry.Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value)
            ? value
            : throw new OnnxFormatException(
                $"constant '{tensor.Name}' has external {entry.Key} '{entry.Value}', expected a number of bytes");
}
