using RfDetr.Onnx;

namespace RfDetr.Tools;

/// <summary>Options of an export. Dialect, resolution and batch belong to <c>.onnx</c> files.</summary>
public sealed record ExportRequest
{
    /// <summary>
    /// Precision of weights and, in an <c>.onnx</c> file, of products. A checkpoint in float16 or bfloat16 is made to be passed
    /// on: half the size, and of the run's arguments it keeps only what describes the network and its classes. Loading widens the
    /// weights again.
    /// </summary>
    public ExportPrecision Precision { get; init; }

    /// <summary>Operators allowed; the default runs anywhere.</summary>
    public OnnxDialect Dialect { get; init; }

    /// <summary>Form of the weights of 8-bit products.</summary>
    public Int8WeightForm Int8Weights { get; init; }

    /// <summary>Input height and width in pixels, multiples of patch·windows; null: the model's own.</summary>
    public (int Height, int Width)? Resolution { get; init; }

    /// <summary>A fixed batch size; null: any (the file's first dimension is open).</summary>
    public int? Batch { get; init; }

    /// <summary>Takes the averaged (EMA) weights of a checkpoint that has both.</summary>
    public bool PreferEma { get; init; }

    /// <summary>The variant the checkpoint must be; null: found from its shapes.</summary>
    public string? Variant { get; init; }

    /// <summary>Names of the classes where the file has none.</summary>
    public IReadOnlyList<string>? ClassNames { get; init; }

    /// <summary>Logit index of the first name; null: by the file's own rule.</summary>
    public int? ClassOffset { get; init; }

    /// <summary>The caller accepts the license of weights that ask for it.</summary>
    public bool AcceptLicense { get; init; }

    /// <summary>Constants that take more bytes than this go to a second file; a test's means to see that without 2 GB.</summary>
    internal long? MaxInlineBytes { get; init; }

    internal DetectorOptions ToDetectorOptions() => new()
    {
        Precision = Precision,
        Resolution = Resolution,
        FixedBatch = Batch,
        PreferEma = PreferEma,
        Variant = Variant,
        ClassNames = ClassNames,
        ClassOffset = ClassOffset,
        AcceptLicense = AcceptLicense,
    };

    internal void RequireInt8ForItsForm()
    {
        if (Int8Weights != Int8WeightForm.Signed && Precision != ExportPrecision.Int8)
            throw new ArgumentException($"{nameof(Int8Weights)} is {Int8Weights}, which is for {ExportPrecision.Int8}; the precision is {Precision}");
    }

    internal void RequireNothingOfOnnx(string output)
    {
        if (Precision == ExportPrecision.Int8)
            throw new ArgumentException($"checkpoints are written in {ExportPrecision.Float32}, {ExportPrecision.Float16} or {ExportPrecision.BFloat16}; {Precision} belongs to .onnx files, not to '{Path.GetFileName(output)}'");
        if (Dialect != OnnxDialect.Portable || Resolution is not null || Batch is not null)
            throw new ArgumentException($"dialect, resolution and batch belong to .onnx files; '{Path.GetFileName(output)}' keeps the checkpoint's network as it is");
    }
}

/// <summary>Result of an export.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size, with that of <paramref name="DataPath"/>.</param>
/// <param name="DataPath">The second file with the constants, which must stay beside the first; null if there is none.</param>
/// <param name="Variant">Variant of the network.</param>
/// <param name="Warnings">Contradictions in the checkpoint that were settled, one sentence each.</param>
public sealed record ExportResult(string Path, long Bytes, string? DataPath, string Variant, IReadOnlyList<string> Warnings);
