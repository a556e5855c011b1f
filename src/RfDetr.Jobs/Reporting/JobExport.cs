namespace RfDetr.Jobs;

/// <summary>Formats that results are collected in; the rows themselves are JSON lines.</summary>
internal enum JobFormat
{
    /// <summary>All rows in one gzip file.</summary>
    Jsonl,

    /// <summary>
    /// COCO's result list, as pycocotools reads it: a file of boxes, and one of masks where the model finds them.
    /// </summary>
    Coco,

    /// <summary>A table with a line for each object, for DuckDB, Spark, pandas.</summary>
    Parquet,
}

/// <summary>A file that an export wrote.</summary>
/// <param name="Path">The file.</param>
/// <param name="Entries">Rows, detections or lines in it.</param>
internal sealed record ExportedFile(string Path, long Entries);

/// <summary>Writes the results of a job, or of a share of its shards, in one file; one shard at a time in memory.</summary>
internal interface IJobExporter : IAsyncDisposable
{
    Task AddAsync(ShardResult shard, CancellationToken cancellationToken);

    /// <summary>All shards were added: the files get their names when the exporter is disposed.</summary>
    Task<IReadOnlyList<ExportedFile>> CompleteAsync();
}

/// <summary>Collects results in other formats.</summary>
internal static class JobExport
{
    /// <summary>Writes the results that are there.</summary>
    /// <param name="job">The job.</param>
    /// <param name="results">Its results.</param>
    /// <param name="format">The format.</param>
    /// <param name="folder">Folder of the files <c>results.…</c>.</param>
    /// <param name="share">The shards to collect; a share gets files of its own name.</param>
    /// <param name="cancellationToken">Stops; no file appears then.</param>
    public static async Task<IReadOnlyList<ExportedFile>> RunAsync(
        JobDefinition job, IShardResults results, JobFormat format, string folder, ShardShare share,
        CancellationToken cancellationToken)
    {
        string stem = Path.Combine(
            folder, share == ShardShare.All ? "results" : Invariant.Text($"results-{share.Index}-of-{share.Count}"));
        await using IJobExporter exporter = format switch
        {
            JobFormat.Jsonl => new JsonLinesExport(stem),
            JobFormat.Coco => new CocoExport(job, stem),
            JobFormat.Parquet => await ParquetExport.CreateAsync(stem, cancellationToken).ConfigureAwait(false),
            _ => throw new ArgumentOutOfRangeException(nameof(format), format, "no format of results"),
        };
        await foreach (ShardResult shard in results.ReadAsync(share, cancellationToken).ConfigureAwait(false))
            await exporter.AddAsync(shard, cancellationToken).ConfigureAwait(false);
        return await exporter.CompleteAsync().ConfigureAwait(false);
    }
}

/// <summary>Gzip files one behind the other are one gzip file: rows need not be compressed together.</summary>
internal sealed class JsonLinesExport(string stem) : IJobExporter
{
    private readonly PendingFile _file = PendingFile.Create(stem + ".jsonl.gz");
    private readonly string _path = stem + ".jsonl.gz";
    private long _rows;

    public async Task AddAsync(ShardResult shard, CancellationToken cancellationToken)
    {
        await _file.Stream.WriteAsync(RowsFile.Compress(shard.Rows.Span), cancellationToken).ConfigureAwait(false);
        _rows += shard.Shard.Count;
    }

    public Task<IReadOnlyList<ExportedFile>> CompleteAsync()
    {
        _file.Complete();
        return Task.FromResult<IReadOnlyList<ExportedFile>>([new ExportedFile(_path, _rows)]);
    }

    public ValueTask DisposeAsync()
    {
        _file.Dispose();
        return ValueTask.CompletedTask;
    }
}

/// <summary>
/// COCO's result list. <c>image_id</c> is that of the COCO file that named the image, else its 1-based place in the manifest;
/// <c>category_id</c> is the class's id in the data set the model was trained on, else the logit's index.
/// </summary>
internal sealed class CocoExport(JobDefinition job, string stem) : IJobExporter
{
    private readonly Dictionary<int, int> _categories =
        job.Classes.ToDictionary(c => c.Label, c => c.DatasetId ?? c.Label);
    private readonly CocoList _boxes = new(stem + ".coco.json", masks: false);
    private CocoList? _masks;

    public Task AddAsync(ShardResult shard, CancellationToken cancellationToken)
    {
        long number = shard.Shard.First;
        foreach (RowDocument row in ShardRows.Read(shard.Rows, shard.Shard.Name))
        {
            number++;
            foreach (DetectionDocument detection in row.Detections ?? [])
                Add(row, row.ImageId ?? number, detection);
        }

        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<ExportedFile>> CompleteAsync() =>
        Task.FromResult<IReadOnlyList<ExportedFile>>(
            [_boxes.Complete(), .. _masks is null ? [] : (ExportedFile[])[_masks.Complete()]]);

    public ValueTask DisposeAsync()
    {
        _boxes.Dispose();
        _masks?.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Add(RowDocument row, long imageId, DetectionDocument detection)
    {
        if (detection.Box is not [var x1, var y1, var x2, var y2])
            return;
        int category = _categories.GetValueOrDefault(detection.ClassId, detection.ClassId);
        double[] box = [Value(x1), Value(y1), Value(x2 - x1), Value(y2 - y1)];
        double score = Value(detection.Score);
        _boxes.Write(imageId, category, box, score, null, row.File);
        if (detection.Mask is not { } mask)
            return;
        _masks ??= new CocoList(stem + ".coco-masks.json", masks: true);
        _masks.Write(
            imageId, category, box, score, RleMask.Parse(mask.Size[0], mask.Size[1], mask.Counts), row.File);
    }

    private static double Value(float? value) => value ?? double.NaN;

    private sealed class CocoList : IDisposable
    {
        private readonly PendingFile _file;
        private readonly CocoResultWriter _writer;
        private readonly string _path;
        private long _entries;

        public CocoList(string path, bool masks)
        {
            (_path, _file) = (path, PendingFile.Create(path));
            _writer = new CocoResultWriter(_file.Stream, masks, singles: true);
        }

        public void Write(long imageId, int category, double[] box, double score, RleMask? mask, string file)
        {
            _writer.Write(imageId, category, box, score, mask, file[(file.LastIndexOfAny(['/', '\\']) + 1)..]);
            _entries++;
        }

        public ExportedFile Complete()
        {
            _writer.Complete();
            _file.Complete();
            return new ExportedFile(_path, _entries);
        }

        public void Dispose()
        {
            _writer.Dispose();
            _file.Dispose();
        }
    }
}
