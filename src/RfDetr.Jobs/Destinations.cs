namespace RfDetr.Jobs;

/// <summary>Opens what users name: destinations, images, brokers. The one place that knows all kinds.</summary>
internal static class Destinations
{
    /// <summary>Opens a destination.</summary>
    /// <param name="output">A folder, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="results">Where rows go instead of files beside the manifest, <c>postgres://…</c>; null for files.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static Task<Destination> OpenAsync(string output, string? results, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        cancellationToken.ThrowIfCancellationRequested();
        if (output.Contains("://", StringComparison.Ordinal))
            throw new ArgumentException($"'{output}' is no destination; name a folder");
        if (results is not null)
            throw new ArgumentException($"'{results}' is no place for results; leave it out: they go beside the manifest");
        if (File.Exists(output))
            throw new ArgumentException($"'{output}' is a file; the destination of a job is a folder");
        var files = new FolderFiles(output);
        return Task.FromResult(
            new Destination(files, (job, _) => Task.FromResult<IShardResults>(new FileResults(files, job))));
    }

    /// <summary>The image behind an entry of a manifest.</summary>
    public static ImageSource ImageOf(JobImage image)
    {
        JobSources.CheckLocation(image.Location, image.Id);
        return new FileImage(image.Location);
    }
}
