using System.Text.Json.Serialization;

namespace RfDetr.Jobs;

/// <summary>A job, immutable once it is submitted: <c>job.json</c> of its destination.</summary>
/// <param name="Name">The job's name.</param>
/// <param name="ManifestSha256">SHA-256 of <c>manifest.jsonl</c>.</param>
/// <param name="IndexSha256">SHA-256 of <c>manifest.index</c>, which holds the digest of each shard's part.</param>
/// <param name="ModelSha256">SHA-256 of the model's file, as <see cref="ModelFileDigest"/> has it.</param>
/// <param name="OptionsSha256">SHA-256 of <paramref name="Options"/> as compact JSON.</param>
/// <param name="Images">Number of images.</param>
/// <param name="ShardSize">Images of a shard; the last one may have fewer.</param>
/// <param name="Model">The model argument it was submitted with; workers may name another file of the same digest.</param>
/// <param name="Options">Everything that changes results.</param>
internal sealed record JobDefinition(
    string Name, string ManifestSha256, string IndexSha256, string ModelSha256, string OptionsSha256, long Images, int ShardSize,
    string Model, JobOptions Options)
{
    /// <summary>Version of the layout of the destination.</summary>
    public int Version { get; init; } = 1;

    /// <summary>Number of shards.</summary>
    [JsonIgnore]
    public int Shards => (int)((Images + ShardSize - 1) / ShardSize);

    /// <summary>A shard by its 0-based index.</summary>
    public ShardRef Shard(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Shards);
        long first = (long)index * ShardSize;
        return new ShardRef(index, first, (int)Math.Min(ShardSize, Images - first));
    }

    /// <summary>Every shard in order.</summary>
    public IEnumerable<ShardRef> AllShards() => Enumerable.Range(0, Shards).Select(Shard);
}

/// <summary>A shard of a job: so many images of the manifest, from one on.</summary>
/// <param name="Index">0-based index of the shard.</param>
/// <param name="First">0-based index of its first image in the manifest.</param>
/// <param name="Count">Number of images.</param>
internal readonly record struct ShardRef(int Index, long First, int Count)
{
    /// <summary>The name of its files: <c>shard-000123</c>.</summary>
    public string Name => Invariant.Text($"shard-{Index:000000}");
}

/// <summary>An entry of the manifest.</summary>
/// <param name="Id">The image's identity within the job.</param>
/// <param name="Location">Where it is: a full path, <c>s3://bucket/key</c>, or an address.</param>
/// <param name="ImageId">Its number in the COCO file that named it; null otherwise.</param>
internal sealed record JobImage(string Id, string Location, long? ImageId = null);
