namespace RfDetr.Jobs;

/// <summary>Opens what users name: destinations, images, brokers. The one place that knows all kinds.</summary>
internal static class Destinations
{
    /// <summary>Opens a destination.</summary>
    /// <param name="output">A folder, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="results">Where rows go instead of files beside the manifest, <c>postgres://…</c>; null for files.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    /// <exception cref="ArgumentException">It is none of these.</exception>
    public static async Task<Destination> OpenAsync(string output, string? results, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(output);
        PostgresAddress? database = results is null ? null : PostgresAddress.Parse(results);
        IJobFiles files = await FilesOfAsync(output, cancellationToken).ConfigureAwait(false);
        return new Destination(files, async (job, cancel) => database is null
            ? new FileResults(files, job)
            : await PostgresResults.OpenAsync(database, job, cancel).ConfigureAwait(false));
    }

    /// <summary>The image behind an entry of a manifest.</summary>
    public static ImageSource ImageOf(JobImage image)
    {
        JobSources.CheckLocation(image.Location, image.Id);
        return S3Address.Is(image.Location) ? new S3Image(image.Location) : new FileImage(image.Location);
    }

    /// <summary>The broker of an option, or else of <c>RFDETR_BROKER</c>; null where neither names one.</summary>
    /// <param name="option"><c>amqp://USER:PASSWORD@HOST:PORT/VHOST</c>, <c>amqps://…</c>, or null.</param>
    /// <param name="notices">Hears of lost connections and foreign messages.</param>
    /// <exception cref="ArgumentException">It is no such address; the message does not repeat it.</exception>
    public static IJobBroker? BrokerOf(string? option, IProgress<string>? notices) =>
        BrokerAddress.Find(option) is { } address
            ? new RabbitBroker(address, new BrokerOptions { Notices = notices })
            : null;

    private static async Task<IJobFiles> FilesOfAsync(string output, CancellationToken cancellationToken)
    {
        if (S3Address.Is(output))
            return await S3Files.OpenAsync(S3Address.Parse(output), cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        if (PostgresAddress.Is(output))
        {
            throw new ArgumentException(
                "the destination is a database; name a folder or s3://BUCKET/PREFIX for manifest and report, "
                + "and the database as --results");
        }

        if (output.Contains("://", StringComparison.Ordinal))
            throw new ArgumentException($"'{output}' is no destination; name a folder or s3://BUCKET/PREFIX");
        if (File.Exists(output))
            throw new ArgumentException($"'{output}' is a file; the destination of a job is a folder");
        return new FolderFiles(output);
    }
}
