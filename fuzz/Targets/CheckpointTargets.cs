using System.Text;
using RfDetr.Checkpoints;

namespace RfDetr.Fuzzing;

/// <summary>Readers of checkpoints.</summary>
internal static class CheckpointTargets
{
    // Opcodes that copy, recall, call and build, and names that are allowed or are not.
    private static readonly string[] s_pickle =
    [
        ".", "(", ")", "]", "}", "t", "l", "d", "e", "s", "u", "a", "0", "1", "2", "N", "R", "b", "Q", "q\u0001", "h\u0001",
        "h\u0000", "r\u0001\u0001\u0000\u0000",
        "j\u0001\u0001\u0000\u0000", "K\u0001", "M\u0001\u0001", "J\u00FF\u00FF\u00FF\u00FF", "X\u0001\u0000\u0000\u0000a",
        "\u0080\u0002", "\u0081", "\u0085", "\u0086",
        "\u0087", "\u0088", "\u0089", "\u008A\u0002\u0001\u0001", "\u008C\u0001a", "\u0090", "\u0092", "\u0093", "\u0094",
        "\u0095\u0008\0\0\0\0\0\0\0", "I01\n", "L5L\n",
        "F1.5\n", "G\u003F\u00F0\0\0\0\0\0\0", "ccollections\nOrderedDict\n", "cbuiltins\nlist\n", "cpathlib\nPosixPath\n",
        "c_codecs\nencode\n",
        "cargparse\nNamespace\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n", "cos\nsystem\n",
        "cnumpy.core.multiarray\nscalar\n",
    ];

    private static readonly string[] s_header =
        ["\"dtype\"", "\"shape\"", "\"data_offsets\"", "\"F32\"", "\"I8\"", "\"__metadata__\"", "[0,4]", "[]", "{}", "-1",
            "9223372036854775807", "1e9", "\"rfdetr.args\"", ",", ":", "[", "{"];

    private static readonly CheckpointOptions s_damaged = new() { VerifyChecksums = false };

    /// <summary>All of them.</summary>
    public static IEnumerable<ReaderTarget> All =>
        [Of("torch-zip", s_pickle), Of("torch-legacy", s_pickle), Of("safetensors", s_header)];

    private static ReaderTarget Of(string name, string[] words) =>
        new(name, [.. words.Select(Encoding.Latin1.GetBytes)], Read, e => e is CheckpointFormatException);

    private static void Read(byte[] bytes)
    {
        using Checkpoint checkpoint = Checkpoint.Read(bytes, "fuzz", s_damaged);
        foreach (string name in checkpoint.Names)
            _ = checkpoint.TryGet(name, out _);
        _ = PlainJson.Write(checkpoint.Args);
        _ = ClassMapRules.Find(checkpoint, new ClassMapOptions { ClassNames = ["a"], ClassOffset = 0 });
    }
}
