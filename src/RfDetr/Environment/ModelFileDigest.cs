using System.Security.Cryptography;
using System.Text;

namespace RfDetr;

/// <summary>
/// Identity of a model: the digest of its file, together with the weights that a large ONNX file keeps beside itself.
/// </summary>
internal static class ModelFileDigest
{
    /// <summary>
    /// SHA-256 and size. With a file of weights, the digest is that of both digests in hexadecimal, one after the other.
    /// </summary>
    public static (string Sha256, long Bytes) Of(ModelReference model, bool acceptLicense)
    {
        if (model.Locate(acceptLicense) is not { } path)
            return (FileDigests.Of(model, acceptLicense).Sha256, BuiltInModels.Bytes(model.Text).Length);
        string own = FileDigests.Of(path).Sha256;
        long bytes = new FileInfo(path).Length;
        string beside = path + ".data";
        if (model is not ModelReference.Onnx || !File.Exists(beside))
            return (own, bytes);
        byte[] both = Encoding.ASCII.GetBytes(own + FileDigests.Of(beside).Sha256);
        return (Convert.ToHexStringLower(SHA256.HashData(both)), bytes + new FileInfo(beside).Length);
    }
}
