using Parquet;
using Parquet.Schema;

namespace RfDetr.Jobs;

/// <summary>
/// A Parquet table with a line for each object. An image without objects has one line whose columns from <c>class_id</c> on are
/// empty, and so has an image that failed, with its <c>error</c>.
/// </summary>
internal sealed class ParquetExport : IJobExporter
{
    // Lines of a row group: some megabytes, which is what readers take at a time.
    private const int GroupLines = 65_536;

    private static readonly ParquetSchema s_schema = new(
        new DataField<string>("id", nullable: false), new DataField<string>("file", nullable: false),
        new DataField<long?>("image_id"), new DataField<int?>("width"), new DataField<int?>("height"),
        new DataField<int?>("class_id"), new DataField<string>("class_name"), new DataField<float?>("score"),
        new DataField<float?>("x1"), new DataField<float?>("y1"), new DataField<float?>("x2"), new DataField<float?>("y2"),
        new DataField<string>("mask_counts"), new DataField<string>("error"),
        new DataField<string>("model_sha256", nullable: false), new DataField<string>("options_sha256", nullable: false));

    private readonly string _path;
    private readonly PendingFile _file;
    private readonly ParquetWriter _writer;
    private readonly List<(RowDocument Row, DetectionDocument? Found)> _lines = [];
    private long _written;
    private bool _complete;

    private ParquetExport(string path, PendingFile file, ParquetWriter writer) => (_path, _file, _writer) = (path, file, writer);

    /// <summary>Begins the file <c>STEM.parquet</c>.</summary>
    public static async Task<ParquetExport> CreateAsync(string stem, CancellationToken cancellationToken)
    {
        var file = PendingFile.Create(stem + ".parquet");
        try
        {
            ParquetWriter writer = await ParquetWriter.CreateAsync(
                s_schema, file.Stream, new ParquetOptions { CompressionMethod = CompressionMethod.Zstd },
                cancellationToken: cancellationToken).ConfigureAwait(false);
            return new ParquetExport(stem + ".parquet", file, writer);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public async Task AddAsync(ShardResult shard, CancellationToken cancellationToken)
    {
        foreach (RowDocument row in ShardRows.Read(shard.Rows, shard.Shard.Name))
        {
            if (row.Detections is { Count: > 0 } found)
                _lines.AddRange(found.Select(f => (row, (DetectionDocument?)f)));
            else
                _lines.Add((row, null));
        }

        if (_lines.Count >= GroupLines)
            await FlushAsync().ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<ExportedFile>> CompleteAsync()
    {
        if (_lines.Count > 0)
            await FlushAsync().ConfigureAwait(false);
        _complete = true;
        return [new ExportedFile(_path, _written)];
    }

    public async ValueTask DisposeAsync()
    {
        // The writer ends the file with its footer.
        await _writer.DisposeAsync().ConfigureAwait(false);
        if (_complete)
            _file.Complete();
        _file.Dispose();
    }

    private async Task FlushAsync()
    {
        using (ParquetRowGroupWriter group = _writer.CreateRowGroup())
        {
            await TextAsync(group, 0, l => l.Row.Id).ConfigureAwait(false);
            await TextAsync(group, 1, l => l.Row.File).ConfigureAwait(false);
            await ValueAsync(group, 2, l => l.Row.ImageId).ConfigureAwait(false);
            await ValueAsync(group, 3, l => l.Row.Width).ConfigureAwait(false);
            await ValueAsync(group, 4, l => l.Row.Height).ConfigureAwait(false);
            await ValueAsync(group, 5, l => l.Found?.ClassId).ConfigureAwait(false);
            await TextAsync(group, 6, l => l.Found?.ClassName).ConfigureAwait(false);
            await ValueAsync(group, 7, l => l.Found?.Score).ConfigureAwait(false);
            for (int side = 0; side < 4; side++)
            {
                int at = side;
                await ValueAsync(group, 8 + at, l => l.Found?.Box[at]).ConfigureAwait(false);
            }

            await TextAsync(group, 12, l => l.Found?.Mask?.Counts).ConfigureAwait(false);
            await TextAsync(group, 13, l => l.Row.Error).ConfigureAwait(false);
            await TextAsync(group, 14, l => l.Row.ModelSha256).ConfigureAwait(false);
            await TextAsync(group, 15, l => l.Row.OptionsSha256).ConfigureAwait(false);
        }

        _written += _lines.Count;
        _lines.Clear();
    }

    private Task TextAsync(
        ParquetRowGroupWriter group, int column, Func<(RowDocument Row, DetectionDocument? Found), string?> value) =>
        group.WriteAsync(s_schema.DataFields[column], (string[])[.. _lines.Select(l => value(l)!)]);

    private Task ValueAsync<T>(
        ParquetRowGroupWriter group, int column, Func<(RowDocument Row, DetectionDocument? Found), T?> value)
        where T : struct =>
        group.WriteAsync<T>(s_schema.DataFields[column], new ReadOnlyMemory<T?>([.. _lines.Select(value)]));
}
