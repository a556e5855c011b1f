using System.Security.Cryptography;
using System.Text;

namespace RfDetr;

/// <summary>What identifies a model: its file, together with the weights that a large ONNX file keeps beside itself.</summary>
internal static class ModelFileDigest
{
    /// <summary>SHA-256 and size. With a file of weights, the digest is that of both digests in hexadecimal, one after the other.</summary>
    public static (string Sha256, long Bytes) Of(string model, bool acceptLicense)
    {
        if (BuiltInModels.Contains(model))
            return (ModelLoader.Digests(model, acceptLicense).Sha256, BuiltInModels.Bytes(model).Length);
        string path = ModelLoader.ResolvePath(model, acceptLicense);
        string own = FileDigests.Of(path).Sha256;
        long bytes = new FileInfo(path).Length;
        string beside = path + ".data";
        if (!ModelLoader.IsOnnx(path) || !File.Exists(beside))
            return (own, bytes);
        byte[] both = Encoding.ASCII.GetBytes(own + FileDigests.Of(beside).Sha256);
        return (Convert.ToHexStringLower(SHA256.HashData(both)), bytes + new FileInfo(beside).Length);
    }
}
