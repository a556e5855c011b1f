using System.Text;
using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>
/// The text of Triton's <c>config.pbtxt</c> for an ONNX file: names, types and sizes are read from the file itself, so that the
/// two cannot differ.
/// </summary>
internal static class TritonConfig
{
    /// <summary>Begins the line that holds the signature, by which a later export knows what the model takes and gives.</summary>
    public const string SignatureMark = "# signature: ";

    /// <summary>The text.</summary>
    /// <param name="name">The model's name, that of its folder.</param>
    /// <param name="file">The exported file's own facts.</param>
    /// <param name="options">Validated options.</param>
    public static string Write(string name, OnnxModelInfo file, TritonOptions options)
    {
        bool open = IsOpen(file);
        var text = new StringBuilder();
        Line($"{SignatureMark}{Signature(file)}");
        Line($"name: \"{name}\"");
        Line("backend: \"onnxruntime\"");
        Line("default_model_filename: \"model.onnx\"");
        // 0: Triton adds no batch dimension of its own, and dims below are the whole shape.
        Line(Invariant.Text($"max_batch_size: {(open ? options.MaxBatch : 0)}"));
        foreach (OnnxValueInfo input in file.Inputs)
            Value("input", input);
        foreach (OnnxValueInfo output in file.Outputs)
            Value("output", output);
        if (open && options.MaxBatch > 1)
        {
            Line("dynamic_batching {");
            Line($"  preferred_batch_size: [ {string.Join(", ", Preferred(options.MaxBatch))} ]");
            Line(Invariant.Text($"  max_queue_delay_microseconds: {options.QueueDelay}"));
            Line("}");
        }

        Line(Invariant.Text($"instance_group [ {{ kind: {Kind(options.Device)} count: {options.Instances} }} ]"));
        Line("version_policy { latest { num_versions: 1 } }");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void Value(string kind, OnnxValueInfo value)
        {
            IEnumerable<OnnxDimension> shape = open ? value.Shape.Skip(1) : value.Shape;
            string dims = string.Join(", ", shape.Select(Dim));
            Line($"{kind} [ {{ name: \"{value.Name}\" data_type: {TypeOf(value)} dims: [ {dims} ] }} ]");
        }
    }

    /// <summary>Inputs and outputs of the file, in one line.</summary>
    public static string Signature(OnnxModelInfo file) =>
        $"{string.Join(", ", file.Inputs.Select(Describe))} -> {string.Join(", ", file.Outputs.Select(Describe))}";

    /// <summary>The signature that a written text names; null if it names none.</summary>
    public static string? SignatureIn(string config)
    {
        string first = config.Split('\n', 2)[0];
        return first.StartsWith(SignatureMark, StringComparison.Ordinal) ? first[SignatureMark.Length..].TrimEnd('\r') : null;
    }

    /// <summary>True if every input and output begins with a size that differs from run to run.</summary>
    private static bool IsOpen(OnnxModelInfo file) =>
        file.Inputs.Concat(file.Outputs).All(value => value.Shape is [{ IsFixed: false }, ..]);

    private static string Describe(OnnxValueInfo value) =>
        $"{value.Name} {TypeOf(value)["TYPE_".Length..]} [{string.Join(',', value.Shape.Select(Dim))}]";

    private static string Dim(OnnxDimension dimension) => Invariant.Text($"{(dimension.IsFixed ? dimension.Size : -1)}");

    private static string TypeOf(OnnxValueInfo value) => value.ElementType switch
    {
        OnnxElementType.Float32 => "TYPE_FP32",
        OnnxElementType.Float16 => "TYPE_FP16",
        OnnxElementType.BFloat16 => "TYPE_BF16",
        OnnxElementType.Float64 => "TYPE_FP64",
        OnnxElementType.UInt8 => "TYPE_UINT8",
        OnnxElementType.UInt16 => "TYPE_UINT16",
        OnnxElementType.UInt32 => "TYPE_UINT32",
        OnnxElementType.UInt64 => "TYPE_UINT64",
        OnnxElementType.Int8 => "TYPE_INT8",
        OnnxElementType.Int16 => "TYPE_INT16",
        OnnxElementType.Int32 => "TYPE_INT32",
        OnnxElementType.Int64 => "TYPE_INT64",
        OnnxElementType.Bool => "TYPE_BOOL",
        OnnxElementType.String => "TYPE_STRING",
        var other => throw new ArgumentException($"'{value.Name}' holds {other} elements, which Triton has no type for"),
    };

    private static string Kind(TritonDevice device) => device switch
    {
        TritonDevice.Auto => "KIND_AUTO",
        TritonDevice.Cpu => "KIND_CPU",
        TritonDevice.Gpu => "KIND_GPU",
        _ => throw new InvalidOperationException($"there is no device {device}"),
    };

    // Powers of two up to the largest batch, and that one.
    private static List<int> Preferred(int most)
    {
        var sizes = new List<int>();
        for (int size = 2; size < most; size *= 2)
            sizes.Add(size);
        sizes.Add(most);
        return sizes;
    }
}
