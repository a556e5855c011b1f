using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>Moves large constants from a model into a data file.</summary>
internal static class ExternalWriter
{
    /// <summary>Appends the constants at page boundaries and replaces them in <paramref name="model"/> by their place.</summary>
    public static void Write(ModelProto model, Stream data, string location, int minBytes)
    {
        long position = 0;
        var padding = new byte[ExternalData.Alignment];
        foreach (TensorProto tensor in ExternalData.Tensors(model.Graph))
        {
            if (ExternalData.IsExternal(tensor) || tensor.RawData.Length < minBytes)
                continue;
            int gap = (int)(-position & (ExternalData.Alignment - 1));
            data.Write(padding, 0, gap);
            position += gap;
            int length = tensor.RawData.Length;
            data.Write(tensor.RawData.Span);
            new ExternalData(location, position, length).Store(tensor);
            position += length;
        }
    }
}
