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

    /// <summary>Meaning of the model, its weights and its input size; null parts are as the file says.</summary>
    public ModelOptions Model { get; init; } = new();

    /// <summary>A fixed batch size; null: any (the file's first dimension is open).</summary>
    public int? Batch { get; init; }

    /// <summary>Constants that take more bytes than this go to a second file; a test's means to see that without 2 GB.</summary>
    internal long? MaxInlineBytes { get; init; }

    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        Model.Validate();
        if (Batch is < 1 or > 1024)
            throw new ArgumentException(Invariant.Text($"{nameof(Batch)} is {Batch}, expected 1..1024"));
    }

    internal void RequireInt8ForItsForm()
    {
        if (Int8Weights != Int8WeightForm.Signed && Precision != ExportPrecision.Int8)
            throw new ArgumentException(
                $"{nameof(Int8Weights)} is {Int8Weights}, which is for {ExportPrecision.Int8}; the precision is {Precision}");
    }

    internal void RequireNothingOfOnnx(string output)
    {
        if (Precision == ExportPrecision.Int8)
            throw new ArgumentException(
                $"checkpoints are written in {ExportPrecision.Float32}, {ExportPrecision.Float16} or "
                    + $"{ExportPrecision.BFloat16}; {Precision} belongs to .onnx files, not to '{Path.GetFileName(output)}'");
        if (Dialect != OnnxDialect.Portable || Model.InputSize is not null || Batch is not null)
            throw new ArgumentException(
                $"dialect, resolution and batch belong to .onnx files; '{Path.GetFileName(output)}' keeps the "
                    + $"checkpoint's network as it is");
    }
}

/// <summary>Result of an export.</summary>
/// <param name="Path">The file.</param>
/// <param name="Bytes">Its size, with that of <paramref name="DataPath"/>.</param>
/// <param name="DataPath">The second file with the constants, which must stay beside the first; null if there is none.</param>
/// <param name="Variant">Variant of the network.</param>
/// <param name="Warnings">Contradictions in the checkpoint that were settled, one sentence each.</param>
public sealed record ExportResult(string Path, long Bytes, string? DataPath, string Variant, IReadOnlyList<string> Warnings);
