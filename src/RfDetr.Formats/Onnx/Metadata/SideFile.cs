using System.Security.Cryptography;
using System.Text.Json;

namespace RfDetr.Onnx;

/// <summary>The file <c>ARTIFACT.rfdetr.json</c>: metadata beside a model that cannot hold it, tied to it by its hash.</summary>
internal sealed record SideFile
{
    // Thousands of class names stay far below.
    private const long MaxBytes = 16 << 20;

    /// <summary>SHA-256 of the model file, hexadecimal.</summary>
    public required string ArtifactSha256 { get; init; }

    /// <summary>The contract.</summary>
    public required JsonElement Metadata { get; init; }

    /// <summary>Path of the side file of a model.</summary>
    public static string PathOf(string artifact) => artifact + ".rfdetr.json";

    /// <summary>The contract beside <paramref name="artifact"/>; null if there is no side file.</summary>
    /// <exception cref="OnnxFormatException">It is damaged, or belongs to another model.</exception>
    public static InferenceMetadata? Find(string artifact)
    {
        string path = PathOf(artifact);
        if (!File.Exists(path))
            return null;
        long length = new FileInfo(path).Length;
        if (length > MaxBytes)
            throw new OnnxFormatException($"'{path}' has {length} bytes, expected at most {MaxBytes}");
        SideFile file = MetadataJson.Read(File.ReadAllText(path), MetadataJsonContext.Default.SideFile, $"'{path}'");
        string hash = HashOf(artifact);
        if (!string.Equals(file.ArtifactSha256, hash, StringComparison.OrdinalIgnoreCase))
        {
            throw new OnnxFormatException(
                $"'{path}' belongs to a file with SHA-256 {file.ArtifactSha256}, '{artifact}' has {hash}; delete it or "
                    + $"export again");
        }

        return MetadataJson.ReadInference(file.Metadata.GetRawText());
    }

    /// <summary>Writes the contract beside <paramref name="artifact"/>.</summary>
    /// <exception cref="ArgumentException">A value of the contract is out of its range.</exception>
    public static void Write(string artifact, InferenceMetadata metadata)
    {
        using JsonDocument contract = JsonDocument.Parse(MetadataJson.Write(metadata));
        var file = new SideFile { ArtifactSha256 = HashOf(artifact), Metadata = contract.RootElement };
        AtomicFile.WriteText(PathOf(artifact), JsonSerializer.Serialize(file, MetadataJsonContext.Default.SideFile) + "\n");
    }

    private static string HashOf(string artifact)
    {
        using FileStream stream = File.OpenRead(artifact);
        return Convert.ToHexStringLower(SHA256.HashData(stream));
    }
}
