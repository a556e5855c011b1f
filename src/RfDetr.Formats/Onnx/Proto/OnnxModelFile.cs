using Google.Protobuf;
using RfDetr.Onnx.Proto;

namespace RfDetr.Onnx;

/// <summary>Reads and writes <c>.onnx</c> files, with constants in a second file where one would be too large.</summary>
internal static class OnnxModelFile
{
    /// <summary>
    /// Writes the model so that the path holds either the old or the whole new one, whatever happens meanwhile. With
    /// external data an old model is removed first, so that it never stands beside the new constants.
    /// </summary>
    /// <returns>The path of the file with the constants; null if the model holds them itself.</returns>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static string? Write(ModelProto model, string path, OnnxWriteOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxWriteOptions();
        options.Validate();
        string full = Path.GetFullPath(path);
        if (RawBytes(model) <= options.MaxInlineBytes)
        {
            AtomicFile.Write(full, stream => model.WriteTo(stream));
            return null;
        }

        string dataPath = full + ".data";
        ModelProto copy = model.Clone(); // the large byte strings are shared, not copied
        AtomicFile.Write(
            dataPath,
            stream => ExternalWriter.Write(copy, stream, Path.GetFileName(dataPath), options.MinExternalBytes),
            beforeMove: () => File.Delete(full));
        AtomicFile.Write(full, stream => copy.WriteTo(stream));
        return dataPath;
    }

    /// <summary>Reads a whole model.</summary>
    /// <exception cref="FileNotFoundException">The file, or one with its constants, does not exist.</exception>
    /// <exception cref="OnnxFormatException">It is not an ONNX model, or larger than the options allow.</exception>
    public static ModelProto Read(string path, OnnxReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new OnnxReadOptions();
        options.Validate();
        using FileStream file = File.OpenRead(path);
        if (file.Length > options.MaxFileBytes)
            throw new OnnxFormatException($"'{path}' has {file.Length} bytes, expected at most {options.MaxFileBytes}");
        ModelProto model = Parse(() => ModelProto.Parser.ParseFrom(file), $"'{path}'");
        if (options.LoadExternalData)
            ExternalReader.Load(model, Path.GetDirectoryName(Path.GetFullPath(path)) ?? "", options.MaxExternalBytes);
        return model;
    }

    /// <summary>Reads a model from memory; constants in other files are not loaded.</summary>
    /// <exception cref="OnnxFormatException">The bytes are not an ONNX model.</exception>
    public static ModelProto Read(ReadOnlyMemory<byte> bytes) =>
        Parse(() => ModelProto.Parser.ParseFrom(bytes.Span), "the model in memory");

    private static ModelProto Parse(Func<ModelProto> parse, string name)
    {
        try
        {
            // The parser bounds the depth (100 messages) and the size (2³¹ − 1 bytes) by itself.
            ModelProto model = parse();
            // Any text of the right first bytes parses as an empty message: a model without graph is none.
            if (model.Graph is null || model.IrVersion <= 0)
                throw new OnnxFormatException(
                    $"{name} is not an ONNX model: "
                        + $"{(model.Graph is null ? "it has no graph" : $"its ir_version is {model.IrVersion}")}");
            return model;
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new OnnxFormatException($"{name} is not an ONNX model: {e.Message}", e);
        }
    }

    private static long RawBytes(ModelProto model) =>
        ExternalData.Tensors(model.Graph).Sum(tensor => (long)tensor.RawData.Length);
}

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
