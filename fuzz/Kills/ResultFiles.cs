using System.Security.Cryptography;
using System.Text.Json.Nodes;
using RfDetr.Checkpoints;
using RfDetr.Tensors;

namespace RfDetr.Fuzzing;

/// <summary>The files that a run left under their final names, compared by what they say.</summary>
internal static class ResultFiles
{
    /// <summary>Fields that belong to a measurement of the clock and differ from run to run.</summary>
    private static readonly string[] s_clock = ["timing", "seconds", "_ms", "started", "date", "elapsed", "measured_at"];

    /// <summary>Names below a folder; those that begin with a dot are unfinished or private.</summary>
    public static string[] Names(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(folder, f).Replace('\\', '/'))
            .Where(n => !n.Split('/').Any(part => part.StartsWith('.'))).Order(StringComparer.Ordinal),
    ];

    /// <summary>Unfinished files and folders that a run left.</summary>
    public static string[] Unfinished(string folder) =>
        [.. Directory.EnumerateFileSystemEntries(folder, ".*.tmp", SearchOption.AllDirectories)];

    /// <summary>A text that is equal for files that say the same.</summary>
    /// <exception cref="Exception">The file is not one of its kind: it breaks off, for instance.</exception>
    public static string Meaning(string file)
    {
        switch (Path.GetExtension(file))
        {
            case ".json":
                JsonNode? json = JsonNode.Parse(File.ReadAllText(file));
                Forget(json);
                return json?.ToJsonString() ?? "null";
            case ".pth" or ".safetensors":
                return Tensors(file);
            default:
                return Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)));
        }
    }

    private static string Tensors(string file)
    {
        using Checkpoint checkpoint = Checkpoint.Open(file);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in checkpoint.Names.Order(StringComparer.Ordinal))
        {
            if (!checkpoint.TryGet(name, out HostTensor? tensor))
                throw new InvalidDataException($"'{file}' lists '{name}' and does not hold it");
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes($"{name} {tensor.Shape} "));
            hash.AppendData(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(tensor.ToSingles()));
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Forget(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (string key in map.Select(pair => pair.Key).ToArray())
                {
                    if (Array.Exists(s_clock, word => key.Contains(word, StringComparison.Ordinal)))
                        _ = map.Remove(key);
                    else
                        Forget(map[key]);
                }

                break;
            case JsonArray list:
                foreach (JsonNode? item in list)
                    Forget(item);
                break;
        }
    }
}
