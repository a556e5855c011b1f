using System.Security.Cryptography;

namespace RfDetr.Jobs;

/// <summary>The manifest of a submitted job, read shard by shard. Safe for any number of threads.</summary>
internal sealed class Manifest
{
    /// <summary>Path of the manifest in its destination.</summary>
    public const string File = "manifest.jsonl";

    private readonly IJobFiles _files;
    private readonly JobDefinition _job;
    private readonly ManifestIndex _index;

    private Manifest(IJobFiles files, JobDefinition job, ManifestIndex index) => (_files, _job, _index) = (files, job, index);

    /// <summary>Reads and checks the index.</summary>
    /// <exception cref="JobException">The index is not there, or is another one.</exception>
    public static async Task<Manifest> OpenAsync(IJobFiles files, JobDefinition job, CancellationToken cancellationToken)
    {
        string name = $"{files.Name}/{ManifestIndex.File}";
        byte[] bytes = await files.ReadAsync(ManifestIndex.File, 0, null, cancellationToken).ConfigureAwait(false)
            ?? throw new JobException($"there is no '{name}', which belongs to job '{job.Name}'; put it back, or submit again");
        return new Manifest(files, job, ManifestIndex.Read(bytes, job, name));
    }

    /// <summary>The images of a shard, or of a part of one.</summary>
    /// <exception cref="JobException">The manifest has changed since it was submitted.</exception>
    public async Task<IReadOnlyList<JobImage>> ReadAsync(ShardRef shard, CancellationToken cancellationToken)
    {
        string name = $"{_files.Name}/{File}";
        (long offset, int length) = (_index.Offset(shard.Index), _index.Length(shard.Index));
        byte[] part = await _files.ReadAsync(File, offset, length, cancellationToken).ConfigureAwait(false)
            ?? throw new JobException($"there is no '{name}', which belongs to job '{_job.Name}'; put it back, or submit again");
        byte[] digest = SHA256.HashData(part);
        if (!digest.AsSpan().SequenceEqual(_index.Digest(shard.Index)))
        {
            throw new JobException(
                $"'{name}' has changed since job '{_job.Name}' was submitted: the part of {shard.Name} has SHA-256 "
                + $"{Convert.ToHexStringLower(digest)}, expected {Convert.ToHexStringLower(_index.Digest(shard.Index))}; put the "
                + "old file back, or submit to another destination");
        }

        ShardRef whole = _job.Shard(shard.Index);
        var images = new List<JobImage>(whole.Count);
        foreach (ReadOnlyMemory<byte> line in Lines.Of(part))
            images.Add(JobJson.Read(line.Span, JobJson.Default.JobImage, name));
        long skip = shard.First - whole.First;
        return images.Count == whole.Count && skip >= 0 && skip + shard.Count <= whole.Count
            ? images.GetRange((int)skip, shard.Count)
            : throw new JobException(Invariant.Text(
                $"{shard.Name} of '{name}' has {images.Count} images; images {shard.First} to {shard.First + shard.Count} of ")
                + Invariant.Text($"{whole.Count} were asked for"));
    }
}
