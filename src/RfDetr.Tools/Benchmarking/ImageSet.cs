using System.Globalization;
using System.Security.Cryptography;

namespace RfDetr.Tools;

/// <summary>Encoded images in memory, so that a measurement does not depend on the disk.</summary>
public sealed class ImageSet
{
    /// <summary>More images than this are not taken: they say nothing new about speed.</summary>
    public const int MostImages = 256;

    /// <summary>More bytes than this are not taken together.</summary>
    public const long MostBytes = 1L << 30;

    private readonly ReadOnlyMemory<byte>[] _encoded;

    /// <summary>Takes images; the bytes must not change afterwards.</summary>
    /// <param name="encoded">JPEG, PNG, WebP, …; at least one, at most <see cref="MostImages"/>.</param>
    /// <param name="source">Source of the images, for people.</param>
    /// <exception cref="ArgumentException">There is none, or there are too many.</exception>
    public ImageSet(IReadOnlyList<ReadOnlyMemory<byte>> encoded, string source)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        ArgumentNullException.ThrowIfNull(source);
        if (encoded.Count is 0 or > MostImages)
            throw new ArgumentException(
                string.Create(
                    CultureInfo.InvariantCulture, $"a benchmark takes 1 to {MostImages} images, there are {encoded.Count}"),
                nameof(encoded));
        _encoded = [.. encoded];
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        long bytes = 0;
        foreach (ReadOnlyMemory<byte> image in _encoded)
        {
            bytes += image.Length;
            all.AppendData(SHA256.HashData(image.Span));
        }

        Summary = new(_encoded.Length, bytes, Convert.ToHexStringLower(all.GetHashAndReset()), source);
    }

    /// <summary>Number of images.</summary>
    public int Count => _encoded.Length;

    /// <summary>Description of the images for a report.</summary>
    public BenchmarkImages Summary { get; }

    /// <summary>Reads image files, the first ones up to <see cref="MostImages"/> and <see cref="MostBytes"/>.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="ArgumentException">There is none, or the first alone is too large.</exception>
    public static ImageSet Read(IReadOnlyList<string> paths, string source)
    {
        ArgumentNullException.ThrowIfNull(paths);
        var encoded = new List<ReadOnlyMemory<byte>>();
        long bytes = 0;
        foreach (string path in paths.Take(MostImages))
        {
            bytes += new FileInfo(path).Length;
            if (bytes > MostBytes && encoded.Count == 0)
                throw new ArgumentException(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"'{path}' has {bytes} bytes, a benchmark holds {MostBytes} in memory at most"),
                    nameof(paths));
            if (bytes > MostBytes)
                break;
            encoded.Add(File.ReadAllBytes(path));
        }

        return new(encoded, source);
    }

    /// <summary>Bytes of the image at an index, which begins again from 0 after the last.</summary>
    internal ReadOnlyMemory<byte> Encoded(int index) => _encoded[index % _encoded.Length];

    /// <summary>Pixels of the image at an index, which begins again from 0 after the last.</summary>
    internal Image Decode(int index) => Image.Decode(Encoded(index).Span);
}
