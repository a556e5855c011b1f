using System.Text;
using RfDetr.Onnx;
using RfDetr.Training;

namespace RfDetr.Fuzzing;

/// <summary>Readers of the parts that the unit tests do not reference.</summary>
internal static class MoreTargets
{
    private static readonly string[] s_yaml =
        ["model:", "data:", "epochs:", "network:", "train_split:", "lr:", "&a ", "*a", "? ", "- ", "[", "]", "{", "}", ": ", "\n",
            "null", "'", "\"", "1e9", "on", "!!str "];

    private static readonly byte[][] s_onnx = [[0x0A], [0x12], [0x08, 0x01], [0x3A, 0xFF, 0x01], [0xFF, 0xFF, 0xFF, 0xFF, 0x0F],
        [0x22, 0x00], [0x6A, 0x04]];

    /// <summary>All of them.</summary>
    public static IEnumerable<ReaderTarget> All =>
    [
        new("train-config", [.. s_yaml.Select(Encoding.UTF8.GetBytes)],
            bytes => TrainOptionsFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz.yaml"), e => e is ConfigurationFileException),
        new("onnx", s_onnx, Onnx, e => e is OnnxFormatException),
    ];

    private static void Onnx(byte[] bytes)
    {
        string file = Path.Combine(
            Path.GetTempPath(), $"rfdetr-fuzz-{Environment.ProcessId}-{Environment.CurrentManagedThreadId}.onnx");
        File.WriteAllBytes(file, bytes);
        _ = OnnxModelInfo.Read(file);
    }
}
