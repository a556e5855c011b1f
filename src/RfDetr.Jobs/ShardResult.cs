namespace RfDetr.Jobs;

/// <summary>The results of a shard: what every worker would write alike, and beside it what it cost this one.</summary>
/// <param name="Shard">The shard.</param>
/// <param name="Rows">
/// One line of JSON for each image in the manifest's order, UTF-8, each ended by a line feed. A function of manifest, model and
/// options: no time, no worker, so that the bytes are the same whoever writes them.
/// </param>
/// <param name="Failed">Number of rows that are errors.</param>
/// <param name="Meta">Who wrote it and how long it took; null where the worker died between the two.</param>
internal sealed record ShardResult(ShardRef Shard, ReadOnlyMemory<byte> Rows, int Failed, ShardMeta? Meta);

/// <summary>The worker that wrote a shard, and the time it took.</summary>
/// <param name="Worker">The worker's name: host and process unless it was given one.</param>
/// <param name="Version">The program's version.</param>
/// <param name="Started">When it began with the shard: after the last image of the shard before.</param>
/// <param name="Seconds">Seconds from then until all rows were there.</param>
/// <param name="Images">Number of rows.</param>
/// <param name="Failed">Number of rows that are errors.</param>
/// <param name="Objects">Number of objects.</param>
/// <param name="Slowest">The images that took longest, the slowest first.</param>
internal sealed record ShardMeta(
    string Worker, string Version, DateTimeOffset Started, double Seconds, int Images, int Failed, long Objects,
    IReadOnlyList<SlowImage> Slowest);

/// <summary>An image that took long.</summary>
/// <param name="Id">The image.</param>
/// <param name="Ms">Milliseconds from file to detections.</param>
internal sealed record SlowImage(string Id, double Ms);

/// <summary>Results so far, counted without reading them.</summary>
/// <param name="Shards">Shards that have results.</param>
/// <param name="Images">Images of these.</param>
/// <param name="Failed">Images among them whose row is an error.</param>
/// <param name="First">When the first result came; null before that.</param>
/// <param name="Latest">When the latest came.</param>
/// <param name="ImagesPerSecond">
/// The rate of the last ten minutes in which results came, see <see cref="RateSpan"/>; 0 if it is not known.
/// </param>
internal sealed record ShardTotals(
    int Shards, long Images, long Failed, DateTimeOffset? First, DateTimeOffset? Latest, double ImagesPerSecond);
