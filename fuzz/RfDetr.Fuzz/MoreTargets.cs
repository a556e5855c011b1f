using System.Text;
using RfDetr.Training;

namespace RfDetr.Fuzzing;

/// <summary>Readers of the parts that the unit tests do not reference.</summary>
internal static class MoreTargets
{
    private static readonly string[] s_yaml =
        ["model:", "data:", "epochs:", "network:", "train_split:", "lr:", "&a ", "*a", "? ", "- ", "[", "]", "{", "}", ": ", "\n",
            "null", "'", "\"", "1e9", "on", "!!str "];

    /// <summary>All of them.</summary>
    public static IEnumerable<ReaderTarget> All =>
    [
        new("train-config", [.. s_yaml.Select(Encoding.UTF8.GetBytes)],
            bytes => TrainOptionsFile.Parse(Encoding.UTF8.GetString(bytes), "fuzz.yaml"), e => e is ConfigurationFileException),
    ];
}
