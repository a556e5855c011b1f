namespace RfDetr.Onnx;

/// <summary>Precision of a written model's weights and products.</summary>
public enum ExportPrecision
{
    /// <summary>float32 throughout.</summary>
    Float32,

    /// <summary>float16 weights and products; layer norms, softmax, boxes and sampling locations stay in float32.</summary>
    Float16,

    /// <summary>8-bit products where <see cref="ExportOptions.IsInt8"/> says so, float32 elsewhere.</summary>
    Int8,

    /// <summary>
    /// bfloat16 weights; in our own CPU engine also products, with sums in float32, on processors that have them. Not in ONNX
    /// files.
    /// </summary>
    BFloat16,
}

/// <summary>Form of the weights of 8-bit products in ONNX files.</summary>
public enum Int8WeightForm
{
    /// <summary>
    /// Signed bytes, the form for which ONNX Runtime has kernels with VNNI. Two neighboring weights of an output add up to at
    /// most 128 codes, because without VNNI its kernels for AVX2 would clip larger sums: every processor computes the same
    /// integers.
    /// </summary>
    Signed,

    /// <summary>
    /// Unsigned bytes around 128 in the full range of 8 bits: slightly more precise, but ONNX Runtime has no kernel with VNNI for
    /// them, so that they are slower there (nano: 157 ms instead of 88).
    /// </summary>
    Unsigned,
}

/// <summary>Set of operators that a written model may use.</summary>
public enum OnnxDialect
{
    /// <summary>ONNX's own operators of opset 17: any runtime.</summary>
    Portable,

    /// <summary>Also ONNX Runtime's (<c>com.microsoft</c>): quicker there, unreadable elsewhere.</summary>
    OnnxRuntime,
}

/// <summary>Options for writing a graph as an ONNX file.</summary>
internal sealed record ExportOptions
{
    /// <summary>Precision of weights and products.</summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>
    /// For <see cref="ExportPrecision.Int8"/>: true for the names of weights (as in the checkpoint) whose products are of 8-bit
    /// integers. Convolutions stay in float32.
    /// </summary>
    public Func<string, bool>? IsInt8 { get; init; }

    /// <summary>For <see cref="ExportPrecision.Int8"/>: the form of the weights.</summary>
    public Int8WeightForm Int8Weights { get; init; }

    /// <summary>Operators allowed.</summary>
    public OnnxDialect Dialect { get; init; }

    /// <summary>False for the plain, unfused graph as a tracer would write it: the baseline of benchmarks.</summary>
    public bool Optimize { get; init; } = true;

    /// <summary>Text under <c>metadata_props</c>, by key.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();

    /// <summary>Name of the graph, e.g. the variant.</summary>
    public string GraphName { get; init; } = "rf-detr";
}
