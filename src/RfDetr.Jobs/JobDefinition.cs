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
    /// <summary>Most shards of a job: a listing of more takes too long to be a status.</summary>
    public const int MostShards = 1_000_000;

    /// <summary>Characters of the longest name.</summary>
    public const int LongestName = 100;

    /// <summary>Path of the definition in its destination.</summary>
    public const string File = "job.json";

    /// <summary>The model's named classes, for reports and other formats.</summary>
    public IReadOnlyList<ClassEntry> Classes { get; init; } = [];

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

    /// <summary>The definition of a destination; null if nothing was submitted to it.</summary>
    /// <exception cref="JobException">The file is none, or contradicts itself.</exception>
    public static async Task<JobDefinition?> FindAsync(IJobFiles files, CancellationToken cancellationToken)
    {
        if (await files.ReadAsync(File, 0, null, cancellationToken).ConfigureAwait(false) is not { } json)
            return null;
        JobDefinition job = JobJson.Read(json, JobJson.Default.JobDefinition, $"{files.Name}/{File}");
        job.Validate($"{files.Name}/{File}");
        return job;
    }

    /// <summary>The definition of a destination.</summary>
    /// <exception cref="JobException">Nothing was submitted to it, or the file is no definition.</exception>
    public static async Task<JobDefinition> OpenAsync(IJobFiles files, CancellationToken cancellationToken) =>
        await FindAsync(files, cancellationToken).ConfigureAwait(false)
        ?? throw new JobException(
            $"there is no job in '{files.Name}' (no {File}); submit one: rfdetr jobs submit SOURCE --output {files.Name}");

    /// <summary>The definition as a file.</summary>
    public ReadOnlyMemory<byte> ToJson() => JsonStyle.ToUtf8(this, JobJson.Default.JobDefinition);

    /// <summary>True for a name that queues, folders and tables can bear.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= LongestName && name.All(PlainNames.Allows) && name[0] != '.';

    private void Validate(string file)
    {
        var wrong = new List<string>();
        if (Version != 1)
            wrong.Add(Invariant.Text($"version is {Version}, this program knows 1"));
        if (!IsName(Name))
            wrong.Add($"name is '{Name}', expected letters, digits, '-', '_' and '.'");
        if (Images < 1)
            wrong.Add(Invariant.Text($"images is {Images}, expected 1 or more"));
        if (ShardSize is < 1 or > 65_536 || Images / Math.Max(ShardSize, 1) > MostShards)
            wrong.Add(Invariant.Text($"shard_size is {ShardSize} for {Images} images"));
        (string Name, string Value)[] digests =
            [("manifest", ManifestSha256), ("index", IndexSha256), ("model", ModelSha256), ("options", OptionsSha256)];
        wrong.AddRange(digests.Where(d => d.Value.Length != 64).Select(d => $"{d.Name}_sha256 is '{d.Value}'"));
        if (wrong.Count == 0 && Options.Sha256() is { } own && own != OptionsSha256)
            wrong.Add($"options_sha256 is {OptionsSha256}, but its options have {own}");
        if (wrong.Count > 0)
            throw new JobException($"'{file}': {string.Join("; ", wrong)}; it was changed, or another version wrote it");
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
