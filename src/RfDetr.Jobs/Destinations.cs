namespace RfDetr.Jobs;

/// <summary>Opens what users name: destinations, sources, brokers. The one place that knows all kinds.</summary>
internal static class Destinations
{
    /// <summary>Opens a destination.</summary>
    /// <param name="output">A folder, or <c>s3://bucket/prefix</c>.</param>
    /// <param name="results">Where rows go instead of files beside the manifest, <c>postgres://…</c>; null for files.</param>
    /// <param name="cancellationToken">Stops connecting.</param>
    public static Task<Destination> OpenAsync(string output, string? results, CancellationToken cancellationToken) =>
        throw new ArgumentException($"'{output}' is no destination (results: '{results}')");
}
