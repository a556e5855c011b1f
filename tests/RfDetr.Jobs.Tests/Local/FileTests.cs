using System.IO.Compression;
using System.Text;

namespace RfDetr.Jobs.Tests;

public class FileTests
{
    private static readonly JobDefinition s_job = new(
        "test", new string('a', 64), new string('b', 64), new string('c', 64), new string('d', 64), 10, 4, "demo",
        new JobOptions());

    private static ShardResult Result(int shard, int failed = 0, string text = "x")
    {
        ShardRef at = s_job.Shard(shard);
        IEnumerable<RowDocument> rows = Enumerable.Range(0, at.Count).Select(i =>
        {
            var image = new JobImage($"{at.First + i}", $"/data/{at.First + i}.jpg");
            return i < failed
                ? ShardRows.Of(image, $"broken {text}", s_job)
                : ShardRows.Of(image, new Detections { Width = 3, Height = 2, Items = [] }, s_job);
        });
        var meta = new ShardMeta("w1", "1.0", DateTimeOffset.UnixEpoch, 1, at.Count, failed, 0, []);
        return new ShardResult(at, ShardRows.ToUtf8(rows), failed, meta);
    }

    [Fact]
    public async Task Of_many_writers_one_is_first_and_its_file_is_whole()
    {
        using var folder = new TemporaryFolder();
        var files = new FolderFiles(folder["out"]);
        byte[][] contents = [.. Enumerable.Range(1, 16).Select(i => Enumerable.Repeat((byte)i, 200_000).ToArray())];
        using var stop = new CancellationTokenSource();
        var reading = Task.Run(async () =>
        {
            int seen = 0;
            while (!stop.IsCancellationRequested)
            {
                if (await files.ReadAsync("a/b.bin", 0, null, CancellationToken.None) is not { } read)
                    continue;
                read.Length.ShouldBe(200_000);
                seen++;
            }

            return seen;
        });

        bool[] first = await Task.WhenAll(
            contents.Select(c => Task.Run(() => files.PutIfAbsentAsync("a/b.bin", c, CancellationToken.None))));
        await stop.CancelAsync();
        _ = await reading;

        first.Count(f => f).ShouldBe(1);
        (await files.ReadAsync("a/b.bin", 0, null, CancellationToken.None)).ShouldBe(contents[Array.IndexOf(first, true)]);
        TestJob.Files(folder["out"]).ShouldBe(["a/b.bin"]);
    }

    [Fact]
    public async Task Parts_are_read_and_what_is_not_there_is_null()
    {
        using var folder = new TemporaryFolder();
        var files = new FolderFiles(folder["out"]);
        await files.PutIfAbsentAsync("a.txt", "0123456789"u8.ToArray(), CancellationToken.None);

        Encoding.ASCII.GetString((await files.ReadAsync("a.txt", 3, 4, CancellationToken.None))!).ShouldBe("3456");
        Encoding.ASCII.GetString((await files.ReadAsync("a.txt", 8, 4, CancellationToken.None))!).ShouldBe("89");
        (await files.ReadAsync("a.txt", 20, 4, CancellationToken.None))!.ShouldBeEmpty();
        (await files.ReadAsync("none.txt", 0, null, CancellationToken.None)).ShouldBeNull();
        (await files.ReadAsync("none/none.txt", 0, null, CancellationToken.None)).ShouldBeNull();
        (await files.ExistsAsync("none/none.txt", CancellationToken.None)).ShouldBeFalse();
        await files.DeleteAsync("none/none.txt", CancellationToken.None);
        await files.ReplaceAsync("a.txt", "new"u8.ToArray(), CancellationToken.None);
        (await files.ReadAsync("a.txt", 0, null, CancellationToken.None))!.ShouldBe("new"u8.ToArray());
        var listed = new List<JobFile>();
        await foreach (JobFile file in files.ListAsync("none/", CancellationToken.None))
            listed.Add(file);
        listed.ShouldBeEmpty();
    }

    [Fact]
    public void Compressed_rows_have_no_time_and_any_gzip_reads_them()
    {
        byte[] rows = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, 5000).Select(i => $"{{\"id\":\"{i}\"}}\n")));

        byte[] file = RowsFile.Compress(rows);

        // Flags, four bytes of time, extra flags, system: RFC 1952.
        file[..10].ShouldBe([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF]);
        RowsFile.Compress(rows).ShouldBe(file);
        using var gzip = new GZipStream(new MemoryStream(file), CompressionMode.Decompress);
        using var expanded = new MemoryStream();
        gzip.CopyTo(expanded);
        expanded.ToArray().ShouldBe(rows);
        RowsFile.Expand(file, "x").ShouldBe(rows);
        file[file.Length / 2] ^= 0x55;
        Should.Throw<JobException>(() => RowsFile.Expand(file, "shard-1")).Message.ShouldContain("shard-1");
    }

    [Fact]
    public async Task Results_are_added_once_and_counted_by_a_listing()
    {
        using var folder = new TemporaryFolder();
        var files = new CountingFiles(new FolderFiles(folder["out"]));
        await using var results = new FileResults(files, s_job);

        (await results.HasAsync(s_job.Shard(0), CancellationToken.None)).ShouldBeFalse();
        (await results.TotalsAsync(CancellationToken.None)).ShouldBe(new ShardTotals(0, 0, 0, null, null, 0));
        (await results.AddAsync(Result(2), CancellationToken.None)).ShouldBeTrue();
        (await results.AddAsync(Result(0, failed: 2), CancellationToken.None)).ShouldBeTrue();
        (await results.AddAsync(Result(0, failed: 2, text: "other"), CancellationToken.None)).ShouldBeFalse();
        (await results.HasAsync(s_job.Shard(0), CancellationToken.None)).ShouldBeTrue();

        files.Reads = 0;
        ShardTotals totals = await results.TotalsAsync(CancellationToken.None);

        (totals.Shards, totals.Images, totals.Failed).ShouldBe((2, 6, 2));
        files.Reads.ShouldBe(1, "the time of the earliest, for the rate");
        TestJob.Files(folder["out/shards"]).ShouldBe(
        [
            "shard-000000.failed-2.json", "shard-000000.jsonl.gz", "shard-000000.meta.json", "shard-000002.jsonl.gz",
            "shard-000002.meta.json",
        ]);
        var read = new List<ShardResult>();
        await foreach (ShardResult one in results.ReadAsync(ShardShare.All, CancellationToken.None))
            read.Add(one);
        read.Select(r => (r.Shard.Index, r.Failed, r.Meta!.Worker)).ShouldBe([(0, 2, "w1"), (2, 0, "w1")]);
        Encoding.UTF8.GetString(read[0].Rows.Span).ShouldContain("broken x");
    }

    [Fact]
    public async Task Rows_whose_worker_died_before_the_rest_are_counted_from_the_rows()
    {
        using var folder = new TemporaryFolder();
        await using var results = new FileResults(new FolderFiles(folder["out"]), s_job);
        await results.AddAsync(Result(0, failed: 2), CancellationToken.None);
        foreach (string file in Directory.GetFiles(folder["out/shards"], "*.json"))
            File.Delete(file);

        (await results.TotalsAsync(CancellationToken.None)).Failed.ShouldBe(2);
        await foreach (ShardResult one in results.ReadAsync(ShardShare.All, CancellationToken.None))
            (one.Failed, one.Meta).ShouldBe((2, null));
    }

    [Fact]
    [Trait("Duration", "Long")]
    public async Task Status_of_ten_million_images_is_one_listing()
    {
        using var folder = new TemporaryFolder();
        JobDefinition job = s_job with { Images = 10_000_000, ShardSize = 256 };
        job.Shards.ShouldBe(39_063);
        string shards = folder["out/shards"];
        Directory.CreateDirectory(shards);
        byte[] meta = JsonStyle.ToUtf8(Result(0).Meta!, JobJson.Default.ShardMeta).ToArray();
        foreach (ShardRef shard in job.AllShards().SkipLast(1))
        {
            File.WriteAllBytes(Path.Combine(shards, shard.Name + ".jsonl.gz"), []);
            File.WriteAllBytes(Path.Combine(shards, shard.Name + ".meta.json"), meta);
            if (shard.Index % 100 == 7)
                File.WriteAllBytes(Path.Combine(shards, shard.Name + ".failed-3.json"), []);
        }

        var files = new CountingFiles(new FolderFiles(folder["out"]));
        await using var results = new FileResults(files, job);
        long allocated = GC.GetTotalAllocatedBytes(precise: true);
        JobStatus status = await JobStatus.OfAsync(files, results, job, CancellationToken.None);
        allocated = GC.GetTotalAllocatedBytes(precise: true) - allocated;

        (status.ShardsDone, status.ImagesDone, status.ImagesFailed).ShouldBe((39_062, 39_062L * 256, 391 * 3));
        status.IsComplete.ShouldBeFalse();
        (files.Reads, files.Lists).ShouldBe((1, 2));
        // What a listing of 78,515 names makes and leaves; the live part is an array of shards and one of moments.
        allocated.ShouldBeLessThan(200 << 20);
    }

    [SkippableFact]
    public async Task A_full_disk_is_one_clear_line_and_leaves_nothing_half_written()
    {
        using var disk = SmallDisk.Of(256);
        var files = new FolderFiles(disk.Path);
        await files.PutIfAbsentAsync("small.bin", new byte[1000], CancellationToken.None);

        JobException e = await Should.ThrowAsync<JobException>(
            () => files.PutIfAbsentAsync("shards/large.bin", new byte[1 << 20], CancellationToken.None));

        e.Message.ShouldContain("no space left");
        e.Message.ShouldContain("shards/large.bin");
        TestJob.Files(disk.Path).ShouldBe(["small.bin"]);
        (await files.PutIfAbsentAsync("shards/large.bin", new byte[1000], CancellationToken.None)).ShouldBeTrue();
    }
}

/// <summary>Counts calls.</summary>
internal sealed class CountingFiles(IJobFiles inner) : IJobFiles
{
    public int Reads { get; set; }

    public int Lists { get; set; }

    public string Name => inner.Name;

    public Task<bool> PutIfAbsentAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.PutIfAbsentAsync(path, content, cancellationToken);

    public Task<bool> PutFileIfAbsentAsync(string path, string localFile, CancellationToken cancellationToken) =>
        inner.PutFileIfAbsentAsync(path, localFile, cancellationToken);

    public Task ReplaceAsync(string path, ReadOnlyMemory<byte> content, CancellationToken cancellationToken) =>
        inner.ReplaceAsync(path, content, cancellationToken);

    public Task<byte[]?> ReadAsync(string path, long offset, int? length, CancellationToken cancellationToken)
    {
        Reads++;
        return inner.ReadAsync(path, offset, length, cancellationToken);
    }

    public Task<bool> ExistsAsync(string path, CancellationToken cancellationToken) => inner.ExistsAsync(path, cancellationToken);

    public Task DeleteAsync(string path, CancellationToken cancellationToken) => inner.DeleteAsync(path, cancellationToken);

    public IAsyncEnumerable<JobFile> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        Lists++;
        return inner.ListAsync(prefix, cancellationToken);
    }

    public ValueTask DisposeAsync() => inner.DisposeAsync();
}
