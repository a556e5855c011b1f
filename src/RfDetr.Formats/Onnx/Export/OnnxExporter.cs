using Google.Protobuf;
using RfDetr.Graph;
using RfDetr.Onnx.Proto;
using RfDetr.Tensors;

namespace RfDetr.Onnx;

/// <summary>Writes a recorded network as an ONNX model (opset 17, dynamic batch where the graph's batch is open).</summary>
internal static class OnnxExporter
{
    private const int Opset = 17, IrVersion = 8;

    /// <summary>The model as a message; weights are referenced, not copied, in float32.</summary>
    internal static ModelProto Build(NetworkGraph graph, ExportOptions options)
    {
        NetworkGraph lowered = Lower(options.Optimize ? Passes.Optimize(graph) : graph, options);
        var writer = new NodeWriter(new PrecisionPlan(lowered, options.Precision));
        var emitter = new OpEmitter(writer, UsesContrib(options));
        foreach (InputValue input in lowered.Inputs)
            writer.AddInput(input);
        foreach (NamedValue output in lowered.Outputs.Concat(lowered.Taps))
            writer.Reserve(output.Name);
        foreach (OpValue value in lowered.Order)
            emitter.Emit(value);
        foreach (NamedValue output in lowered.Outputs.Concat(lowered.Taps))
            writer.AddOutput(output);

        writer.Graph.Name = options.GraphName;
        var model = new ModelProto
        {
            IrVersion = IrVersion,
            ProducerName = "RfDetr",
            ProducerVersion = ProducerVersion,
            Graph = writer.Graph
        };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        if (UsesContrib(options))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = OpEmitter.ContribDomain, Version = 1 });
        model.MetadataProps.AddRange(options.Metadata.Select(m => new StringStringEntryProto { Key = m.Key, Value = m.Value }));
        return model;
    }

    /// <summary>The model as the bytes of an ONNX file.</summary>
    /// <exception cref="InvalidOperationException">
    /// It would be larger than 2 GB, which only a file with external data can hold.
    /// </exception>
    public static byte[] ToBytes(NetworkGraph graph, ExportOptions options) => Build(graph, options).ToByteArray();

    /// <summary>
    /// Writes the model as a file, whole or not at all; constants above the options' limit go to <c>NAME.onnx.data</c> beside it.
    /// </summary>
    /// <returns>The path of that second file; null if there is none.</returns>
    /// <exception cref="IOException">The files cannot be written.</exception>
    public static string? Write(NetworkGraph graph, ExportOptions options, string path, OnnxWriteOptions? file = null) =>
        OnnxModelFile.Write(Build(graph, options), path, file);

    // In half precision attention is written out, so that its softmax sums in float32 whatever provider runs it.
    private static bool UsesContrib(ExportOptions options) =>
        options is { Dialect: OnnxDialect.OnnxRuntime, Precision: not ExportPrecision.Float16 };

    private static string ProducerVersion => typeof(OnnxExporter).Assembly.GetName().Version!.ToString(3);

    private static NetworkGraph Lower(NetworkGraph graph, ExportOptions options)
    {
        if (options.Precision == ExportPrecision.BFloat16)
            throw new ArgumentException(
                $"ONNX files are written in {ExportPrecision.Float32}, {ExportPrecision.Float16} or "
                    + $"{ExportPrecision.Int8}, not in {options.Precision}: ONNX Runtime has no such products on the CPU");
        bool contrib = UsesContrib(options);
        var passes = new List<GraphPass> { new Decompose(op => OpEmitter.IsNative(op, contrib)) };
        Func<string, bool>? isInt8 = options.Precision != ExportPrecision.Int8 ? null
            : options.IsInt8
                ?? throw new ArgumentException(
                    $"{nameof(ExportOptions)}.{nameof(ExportOptions.IsInt8)} must say which weights are 8-bit integers");
        if (contrib)
            passes.Add(new PackAttention(isInt8));
        if (options.Optimize)
            passes.Add(new FoldScales());
        if (isInt8 is not null)
            passes.AddRange([new FoldConstants(), new Int8Linears(isInt8, options.Int8Weights)]);
        return Passes.Run(graph, [.. passes, new ChannelsFirst(), new ProductForms(), new FoldConstants(), new SimplifyLayout()]);
    }
}
