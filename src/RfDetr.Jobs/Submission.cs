using System.Security.Cryptography;

namespace RfDetr.Jobs;

/// <summary>Options of a submission.</summary>
internal sealed record SubmitOptions
{
    /// <summary>
    /// The number of images of a shard where nobody says otherwise: minutes of work, and 39,063 messages for ten million.
    /// </summary>
    public const int DefaultShardSize = 256;

    /// <summary>The job's name; null for the last part of the destination.</summary>
    public string? Name { get; init; }

    /// <summary>Images of a shard, 1..65536.</summary>
    public int ShardSize { get; init; } = DefaultShardSize;

    /// <summary>True if an image's id is its location; otherwise its name within its source.</summary>
    public bool LocationsAsIds { get; init; }

    /// <summary>Folder for temporary files; null for the system's.</summary>
    public string? Temporary { get; init; }

    /// <summary>Collects everything that is wrong into one message.</summary>
    /// <exception cref="ArgumentException">An option is out of its range.</exception>
    internal void Validate()
    {
        var wrong = new List<string>();
        if (Name is not null && !JobDefinition.IsName(Name))
            wrong.Add(Invariant.Text($"{nameof(Name)} is '{Name}', expected up to {JobDefinition.LongestName} letters, digits, ")
                + "'-', '_' and '.'");
        if (ShardSize is < 1 or > 65_536)
            wrong.Add(Invariant.Text($"{nameof(ShardSize)} is {ShardSize}, expected 1..65536"));
        if (wrong.Count > 0)
            throw new ArgumentException("submit options: " + string.Join("; ", wrong));
    }
}

/// <summary>The model and the options of a job.</summary>
/// <param name="Model">The model argument.</param>
/// <param name="Sha256">SHA-256 of its file.</param>
/// <param name="Classes">Its named classes.</param>
/// <param name="Options">Everything else that changes results.</param>
internal sealed record JobModel(string Model, string Sha256, IReadOnlyList<ClassEntry> Classes, JobOptions Options);

/// <summary>Outcome of a submission.</summary>
/// <param name="Job">The job, as it is in the destination.</param>
/// <param name="IsNew">False if it was there already.</param>
internal sealed record Submitted(JobDefinition Job, bool IsNew);

/// <summary>
/// Submits a job: lists the sources, sorts them into a manifest, and puts manifest, index and, last, <c>job.json</c> into the
/// destination. Again is harmless: the same job is found, another one under its name is refused.
/// </summary>
internal static class Submission
{
    /// <summary>Submits a job.</summary>
    /// <param name="files">The destination.</param>
    /// <param name="sources">The images.</param>
    /// <param name="model">Model and options.</param>
    /// <param name="options">Name, shards, ids.</param>
    /// <param name="progress">Gets the number of images found so far.</param>
    /// <param name="cancellationToken">Stops before <c>job.json</c> is there.</param>
    /// <exception cref="JobException">
    /// The destination has another job, two images have one id, or there is none.
    /// </exception>
    public static async Task<Submitted> RunAsync(
        IJobFiles files, IReadOnlyList<IJobSource> sources, JobModel model, SubmitOptions options, IProgress<long>? progress,
        CancellationToken cancellationToken)
    {
        options.Validate();
        using var builder = new ManifestBuilder(options.Temporary);
        long found = 0;
        foreach (IJobSource source in sources)
        {
            await foreach (JobImage image in source.ImagesAsync(cancellationToken).ConfigureAwait(false))
            {
                builder.Add(options.LocationsAsIds ? image with { Id = image.Location } : image);
                if (++found % 4096 == 0)
                    progress?.Report(found);
            }
        }

        progress?.Report(found);
        (string manifest, string index, long images) =
            await Task.Run(() => builder.Complete(options.ShardSize), cancellationToken).ConfigureAwait(false);
        var job = new JobDefinition(
            options.Name ?? NameOf(files.Name), manifest, index, model.Sha256, model.Options.Sha256(), images, options.ShardSize,
            model.Model, model.Options)
        { Classes = model.Classes };
        if (await FoundAsync(files, job, cancellationToken).ConfigureAwait(false) is { } known)
            return new Submitted(known, IsNew: false);
        await PutAsync(files, Manifest.File, builder.ManifestFile, manifest, cancellationToken).ConfigureAwait(false);
        await PutAsync(files, ManifestIndex.File, builder.IndexFile, index, cancellationToken).ConfigureAwait(false);
        bool isNew = await files.PutIfAbsentAsync(JobDefinition.File, job.ToJson(), cancellationToken).ConfigureAwait(false);
        return isNew
            ? new Submitted(job, IsNew: true)
            : new Submitted((await FoundAsync(files, job, cancellationToken).ConfigureAwait(false))!, IsNew: false);
    }

    /// <summary>A name from a destination: its last part, with what names may not hold replaced.</summary>
    public static string NameOf(string destination)
    {
        string last = destination.TrimEnd('/', '\\').Split('/', '\\')[^1];
        string name = PlainNames.Of(last[..Math.Min(last.Length, JobDefinition.LongestName)]).TrimStart('.');
        return name.Length > 0 ? name : "job";
    }

    private static async Task<JobDefinition?> FoundAsync(IJobFiles files, JobDefinition job, CancellationToken cancellationToken)
    {
        if (await JobDefinition.FindAsync(files, cancellationToken).ConfigureAwait(false) is not { } known)
            return null;
        (string What, string Known, string Given)[] all =
        [
            ("name", known.Name, job.Name), ("model", known.ModelSha256, job.ModelSha256),
            ("options", known.OptionsSha256, job.OptionsSha256),
            ("shard size", Invariant.Text($"{known.ShardSize}"), Invariant.Text($"{job.ShardSize}")),
            ("manifest", Invariant.Text($"{known.ManifestSha256} of {known.Images} images"),
                Invariant.Text($"{job.ManifestSha256} of {job.Images} images")),
        ];
        (string What, string Known, string Given)[] differences = [.. all.Where(d => d.Known != d.Given)];
        if (differences.Length == 0)
            return known;
        string text = string.Join("; ", differences.Select(d => $"{d.What} {d.Known}, now {d.Given}"));
        throw new JobException(
            $"'{files.Name}' holds job '{known.Name}', which differs in {differences[0].What}: {text}; results of two jobs do "
            + "not mix: name another --output, or submit what was submitted");
    }

    // What an interrupted submission left is taken if it is the same.
    private static async Task PutAsync(
        IJobFiles files, string path, string localFile, string sha256, CancellationToken cancellationToken)
    {
        if (await files.PutFileIfAbsentAsync(path, localFile, cancellationToken).ConfigureAwait(false))
            return;
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        const int Piece = 8 << 20;
        for (long offset = 0; ; offset += Piece)
        {
            byte[] piece = await files.ReadAsync(path, offset, Piece, cancellationToken).ConfigureAwait(false) ?? [];
            hash.AppendData(piece);
            if (piece.Length < Piece)
                break;
        }

        string there = Convert.ToHexStringLower(hash.GetHashAndReset());
        if (there != sha256)
        {
            throw new JobException(
                $"'{files.Name}/{path}' is left from a submission that did not end: SHA-256 {there}, now {sha256}; remove it, or "
                + "name another --output");
        }
    }
}
