using RfDetr.Onnx;

namespace RfDetr.Fuzzing;

/// <summary>The reader of ONNX files: inputs, outputs and metadata.</summary>
internal static class OnnxTarget
{
    // Tags of protobuf fields and lengths that lie.
    private static readonly byte[][] s_words =
    [
        [0x0A], [0x12], [0x08, 0x01], [0x3A, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F], [0x22, 0x00], [0x6A, 0x04],
    ];

    /// <summary>The reader.</summary>
    public static IEnumerable<ReaderTarget> All => [new("onnx", s_words, Read, e => e is OnnxFormatException)];

    private static void Read(byte[] bytes)
    {
        string file = Path.Combine(
            Path.GetTempPath(), $"rfdetr-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.onnx");
        try
        {
            File.WriteAllBytes(file, bytes);
            _ = OnnxModelInfo.Read(file);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
