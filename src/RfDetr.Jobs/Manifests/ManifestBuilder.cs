using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace RfDetr.Jobs;

/// <summary>
/// Sorts images by their ids into a manifest and its index. What does not fit into memory goes to temporary files, which are
/// merged: memory stays flat at any number of images. Not for several threads at once.
/// </summary>
internal sealed class ManifestBuilder : IDisposable
{
    // Characters and a share of the objects' own size.
    private const long MostMemory = 64L << 20;
    private const int EntryCost = 120;

    // Open files at a time, far below the usual limit of 1024.
    private const int MostRuns = 128;

    private readonly string _folder;
    private readonly long _mostMemory;
    private readonly List<JobImage> _images = [];
    private readonly List<string> _runs = [];
    private long _memory;
    private int _written;

    /// <summary>Begins a manifest.</summary>
    /// <param name="temporary">Folder for temporary files; null for the system's.</param>
    /// <param name="mostMemory">Bytes that images take in memory before they go to a file.</param>
    public ManifestBuilder(string? temporary = null, long mostMemory = MostMemory)
    {
        _mostMemory = mostMemory;
        _folder = Path.Combine(temporary ?? Path.GetTempPath(), $"rfdetr-manifest-{Guid.NewGuid():N}");
        Directory.CreateDirectory(_folder);
    }

    /// <summary>The finished manifest, until the builder is disposed.</summary>
    public string ManifestFile => Path.Combine(_folder, Manifest.File);

    /// <summary>The finished index, until the builder is disposed.</summary>
    public string IndexFile => Path.Combine(_folder, ManifestIndex.File);

    /// <summary>Adds an image, in any order.</summary>
    public void Add(JobImage image)
    {
        _images.Add(image);
        _memory += EntryCost + 2L * (image.Id.Length + image.Location.Length);
        if (_memory < _mostMemory)
            return;
        WriteRun(Sorted());
        _memory = 0;
        _images.Clear();
        if (_runs.Count >= MostRuns)
            MergeRuns();
    }

    /// <summary>Writes manifest and index.</summary>
    /// <param name="shardSize">Images of a shard.</param>
    /// <returns>Digests of manifest and index, and the number of images.</returns>
    /// <exception cref="JobException">Two images have one id, there are none, or there are too many shards.</exception>
    public (string ManifestSha256, string IndexSha256, long Images) Complete(int shardSize)
    {
        using FileStream manifest = File.Create(ManifestFile, 1 << 20), indexFile = File.Create(IndexFile, 1 << 16);
        using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var index = new ManifestIndex.Writer(indexFile);
        long count = 0, start = 0, length = 0;
        var buffer = new ArrayBufferWriter<byte>(1024);
        using var json = new Utf8JsonWriter(buffer, JsonStyle.Compact);
        foreach (JobImage image in Unique(All()))
        {
            buffer.ResetWrittenCount();
            json.Reset(buffer);
            JsonSerializer.Serialize(json, image, JobJson.Default.JobImage);
            json.Flush();
            buffer.Write("\n"u8);
            manifest.Write(buffer.WrittenSpan);
            whole.AppendData(buffer.WrittenSpan);
            part.AppendData(buffer.WrittenSpan);
            length += buffer.WrittenCount;
            if (++count % shardSize == 0)
            {
                index.Add(start, part.GetHashAndReset());
                start = length;
            }

            if (count / shardSize > JobDefinition.MostShards)
            {
                throw new JobException(Invariant.Text(
                    $"more than {JobDefinition.MostShards} shards of {shardSize} images: take larger ones (--shard-size)"));
            }
        }

        if (count == 0)
            throw new JobException("the sources name no image");
        if (start < length)
            index.Add(start, part.GetHashAndReset());
        return (Convert.ToHexStringLower(whole.GetHashAndReset()), index.Complete(length), count);
    }

    /// <summary>Removes the temporary files.</summary>
    public void Dispose()
    {
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private List<JobImage> Sorted()
    {
        _images.Sort(Order);
        return _images;
    }

    // By code units: the same everywhere.
    private static int Order(JobImage a, JobImage b)
    {
        int order = string.CompareOrdinal(a.Id, b.Id);
        if (order == 0)
            order = string.CompareOrdinal(a.Location, b.Location);
        return order != 0 ? order : Nullable.Compare(a.ImageId, b.ImageId);
    }

    // A file that two sources name is one image; two files of one id are a mistake.
    private static IEnumerable<JobImage> Unique(IEnumerable<JobImage> sorted)
    {
        JobImage? last = null;
        foreach (JobImage image in sorted)
        {
            if (last is not null && last.Id == image.Id)
            {
                if (last == image)
                    continue;
                throw new JobException(
                    $"two images have the id '{image.Id}': '{Described(last)}' and '{Described(image)}'; name a folder "
                    + "above both, or take locations as ids (--ids location)");
            }

            yield return image;
            last = image;
        }
    }

    private static string Described(JobImage image) =>
        image.ImageId is { } id ? Invariant.Text($"{image.Location} (image_id {id})") : image.Location;

    private IEnumerable<JobImage> All() => _runs.Count == 0 ? Sorted() : Merge([.. _runs.Select(ReadRun), Sorted()]);

    private void MergeRuns()
    {
        string[] old = [.. _runs];
        _runs.Clear();
        WriteRun(Merge([.. old.Select(ReadRun)]));
        foreach (string run in old)
            File.Delete(run);
    }

    private static IEnumerable<JobImage> Merge(IReadOnlyList<IEnumerable<JobImage>> runs)
    {
        var heads = new PriorityQueue<IEnumerator<JobImage>, JobImage>(Comparer<JobImage>.Create(Order));
        try
        {
            foreach (IEnumerable<JobImage> run in runs)
            {
                IEnumerator<JobImage> head = run.GetEnumerator();
                if (head.MoveNext())
                    heads.Enqueue(head, head.Current);
                else
                    head.Dispose();
            }

            while (heads.TryPeek(out IEnumerator<JobImage>? first, out JobImage? image))
            {
                yield return image;
                if (first.MoveNext())
                {
                    heads.DequeueEnqueue(first, first.Current);
                    continue;
                }

                heads.Dequeue().Dispose();
            }
        }
        finally
        {
            while (heads.TryDequeue(out IEnumerator<JobImage>? left, out _))
                left.Dispose();
        }
    }

    private void WriteRun(IEnumerable<JobImage> sorted)
    {
        string path = Path.Combine(_folder, Invariant.Text($"run-{_written++}"));
        using (var writer = new BinaryWriter(File.Create(path, 1 << 18), Encoding.Unicode))
        {
            foreach (JobImage image in sorted)
            {
                writer.Write(true);
                writer.Write(image.Id);
                writer.Write(image.Location);
                writer.Write(image.ImageId is not null);
                if (image.ImageId is { } id)
                    writer.Write(id);
            }

            writer.Write(false);
        }

        _runs.Add(path);
    }

    private static IEnumerable<JobImage> ReadRun(string path)
    {
        using var reader = new BinaryReader(
            new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 17, FileOptions.SequentialScan),
            Encoding.Unicode);
        while (reader.ReadBoolean())
            yield return new JobImage(reader.ReadString(), reader.ReadString(), reader.ReadBoolean() ? reader.ReadInt64() : null);
    }
}
