using System.Text.RegularExpressions;

namespace RfDetr.Tests.House;

/// <summary>Walls inside <c>RfDetr.Network</c>: each room names only the namespaces of ours that it may see.</summary>
internal static partial class RoomRule
{
    /// <summary>Rooms of <c>RfDetr.Network</c> and the namespaces that their files may name besides their own.</summary>
    public static readonly IReadOnlyDictionary<string, string[]> Rooms = new Dictionary<string, string[]>
    {
        ["Tensors"] = [],
        ["Model"] = ["RfDetr.Tensors"],
        ["Graph"] = ["RfDetr.Tensors"],
    };

    public static IEnumerable<string> Violations(SourceFile file, string room) =>
        Named().Matches(file.Text)
            .Select(m => m.Value)
            .Where(n => n != $"RfDetr.{room}" && !Rooms[room].Contains(n))
            .Distinct()
            .Select(n => $"{file.Path} names {n}, which the room {room} must not see");

    [
        GeneratedRegex(
            @"\bRfDetr\.(Checkpoints|Cli|Core|Cpu|Data|Formats|Graph|Imaging|Model|Onnx\w*|Synth|Tensors|Tools|Torch|Training)\b")
    ]
    private static partial Regex Named();
}
