using System.Security.Cryptography;

namespace RfDetr;

/// <summary>Digests of a whole file, lower-case hexadecimal.</summary>
/// <param name="Sha256">SHA-256.</param>
/// <param name="Md5">MD5, which the published weights are listed by; no protection against anybody.</param>
public sealed record FileDigests(string Sha256, string Md5)
{
    /// <summary>Of the file behind a model argument.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    internal static FileDigests Of(ModelReference model, bool acceptLicense) =>
        model.Locate(acceptLicense) is { } path ? Of(path) : Of(BuiltInModels.Bytes(model.Text).Span);

    /// <summary>Of a file that is in memory.</summary>
    internal static FileDigests Of(ReadOnlySpan<byte> bytes) =>
        new(Convert.ToHexStringLower(SHA256.HashData(bytes)), Convert.ToHexStringLower(MD5.HashData(bytes)));

    /// <summary>Reads a file once for both.</summary>
    public static FileDigests Of(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 20, FileOptions.SequentialScan);
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var md5 = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        byte[] buffer = new byte[1 << 20];
        for (int read; (read = file.Read(buffer)) > 0;)
        {
            sha.AppendData(buffer, 0, read);
            md5.AppendData(buffer, 0, read);
        }

        return new(Convert.ToHexStringLower(sha.GetHashAndReset()), Convert.ToHexStringLower(md5.GetHashAndReset()));
    }
}
