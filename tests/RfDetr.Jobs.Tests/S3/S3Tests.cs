using System.Text;

namespace RfDetr.Jobs.Tests;

/// <summary>Files and images in an S3-compatible store.</summary>
[Collection(S3Collection.Name)]
public sealed class S3Tests(S3Fixture s3) : IDisposable
{
    private static readonly CancellationToken s_none = CancellationToken.None;

    private readonly TemporaryFolder _folder = new();
    private readonly string _prefix = Guid.NewGuid().ToString("N");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Of_many_writers_of_a_file_exactly_one_is_first()
    {
        await using S3Files files = await OpenAsync();
        bool[] first = await Task.WhenAll(Enumerable.Range(0, 24).Select(i => Task.Run(
            () => files.PutIfAbsentAsync("shards/a b+é.json", Encoding.UTF8.GetBytes(Invariant.Text($"{i}")), s_none))));
        first.Count(f => f).ShouldBe(1);
        int winner = Array.IndexOf(first, true);
        (await TextAsync(files, "shards/a b+é.json", 0, null)).ShouldBe(Invariant.Text($"{winner}"));
        s3.Store.Objects.Keys.ShouldContain($"{_prefix}/shards/a b+é.json");
    }

    [Fact]
    public async Task Parts_of_files_are_read_and_what_is_not_there_is_null()
    {
        await using S3Files files = await OpenAsync();
        await files.PutIfAbsentAsync("a", "0123456789"u8.ToArray(), s_none);
        (await TextAsync(files, "a", 0, null)).ShouldBe("0123456789");
        (await TextAsync(files, "a", 3, 4)).ShouldBe("3456");
        (await TextAsync(files, "a", 8, 100)).ShouldBe("89");
        (await TextAsync(files, "a", 6, null)).ShouldBe("6789");
        (await TextAsync(files, "a", 10, 5)).ShouldBe("");
        (await TextAsync(files, "a", 0, 0)).ShouldBe("");
        (await files.ReadAsync("b", 0, null, s_none)).ShouldBeNull();
        (await files.ReadAsync("b", 5, 5, s_none)).ShouldBeNull();
        (await files.ExistsAsync("a", s_none)).ShouldBeTrue();
        (await files.ExistsAsync("b", s_none)).ShouldBeFalse();
        await files.ReplaceAsync("a", "new"u8.ToArray(), s_none);
        (await TextAsync(files, "a", 0, null)).ShouldBe("new");
        await files.DeleteAsync("a", s_none);
        await files.DeleteAsync("a", s_none);
        (await files.ExistsAsync("a", s_none)).ShouldBeFalse();
    }

    [Fact]
    public async Task Listings_have_every_page()
    {
        await using S3Files files = await OpenAsync();
        for (int i = 0; i < 25; i++)
            s3.Store.Put(Invariant.Text($"{_prefix}/shards/{i:000}"), new byte[i]);
        s3.Store.Put($"{_prefix}/shardsX", [1]);
        s3.Store.PageSize = 4;
        try
        {
            var found = new List<JobFile>();
            await foreach (JobFile file in files.ListAsync("shards/", s_none))
                found.Add(file);
            found.Select(f => f.Path).ShouldBe(Enumerable.Range(0, 25).Select(i => Invariant.Text($"shards/{i:000}")));
            found.Select(f => f.Bytes).ShouldBe(Enumerable.Range(0, 25).Select(i => (long)i));
            found.ShouldAllBe(f => (DateTimeOffset.UtcNow - f.Modified).Duration() < TimeSpan.FromMinutes(5));
        }
        finally
        {
            s3.Store.PageSize = 1000;
        }
    }

    [Theory]
    [InlineData(1 << 30)]
    [InlineData(100_000)]
    [Trait("Duration", "Long")]
    public async Task Files_are_put_whole_or_in_parts_and_only_once(long whole)
    {
        byte[] content = new byte[1_234_567];
        new Random(1).NextBytes(content);
        await File.WriteAllBytesAsync(_folder["file"], content);
        await using S3Files files = await S3Files.OpenAsync(new S3Address(S3Stub.Bucket, _prefix), whole, 100_000, s_none);
        (await files.PutFileIfAbsentAsync("manifest.jsonl", _folder["file"], s_none)).ShouldBeTrue();
        s3.Store.Objects[$"{_prefix}/manifest.jsonl"].ShouldBe(content);
        await File.WriteAllBytesAsync(_folder["file"], new byte[200_000]);
        (await files.PutFileIfAbsentAsync("manifest.jsonl", _folder["file"], s_none)).ShouldBeFalse();
        s3.Store.Objects[$"{_prefix}/manifest.jsonl"].ShouldBe(content);
        s3.Store.OpenUploads.ShouldBe(0);
    }

    [Fact]
    public async Task Parts_of_two_writers_do_not_mix()
    {
        await File.WriteAllBytesAsync(_folder["a"], [.. Enumerable.Repeat((byte)1, 500_000)]);
        await File.WriteAllBytesAsync(_folder["b"], [.. Enumerable.Repeat((byte)2, 500_000)]);
        await using S3Files files = await S3Files.OpenAsync(new S3Address(S3Stub.Bucket, _prefix), 1, 10_000, s_none);
        bool[] first = await Task.WhenAll(((string[])["a", "b"]).Select(f => Task.Run(
            () => files.PutFileIfAbsentAsync("whole", _folder[f], s_none))));
        first.Count(f => f).ShouldBe(1);
        s3.Store.Objects[$"{_prefix}/whole"].Distinct().ShouldBe([(byte)(first[0] ? 1 : 2)]);
        s3.Store.OpenUploads.ShouldBe(0);
    }

    [Fact]
    public async Task A_store_that_ignores_the_condition_is_refused()
    {
        await using S3Files files = await OpenAsync();
        s3.Store.IgnoresConditions = true;
        try
        {
            (await Should.ThrowAsync<JobException>(() => files.PutIfAbsentAsync("job.json", new byte[5], s_none)))
                .Message.ShouldContain("If-None-Match");
        }
        finally
        {
            s3.Store.IgnoresConditions = false;
        }
    }

    [Fact]
    public async Task A_store_that_is_busy_is_asked_again()
    {
        await using S3Files files = await OpenAsync();
        s3.Store.Fail(2);
        (await files.PutIfAbsentAsync("a", new byte[5], s_none)).ShouldBeTrue();
        s3.Store.Fail(2);
        (await files.ReadAsync("a", 0, null, s_none))!.Length.ShouldBe(5);
    }

    [Fact]
    public async Task Results_are_the_same_files_as_in_a_folder()
    {
        JobDefinition job = TestJobs.Of(3);
        await using var folder = new FolderFiles(_folder["job"]);
        await using S3Files bucket = await OpenAsync();
        foreach (IJobFiles files in (IJobFiles[])[folder, bucket])
        {
            await using var results = new FileResults(files, job);
            foreach (ShardRef shard in job.AllShards())
                (await results.AddAsync(TestJobs.Result(job, shard, "w", 0), s_none)).ShouldBeTrue();
            (await results.AddAsync(TestJobs.Result(job, job.Shard(1), "other"), s_none)).ShouldBeFalse();
            ShardTotals totals = await results.TotalsAsync(s_none);
            (totals.Shards, totals.Failed).ShouldBe((3, 3));
        }

        string[] paths = [.. Directory.GetFiles(_folder["job"], "*", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(_folder["job"], f).Replace('\\', '/')).Order(StringComparer.Ordinal)];
        paths.ShouldNotBeEmpty();
        IReadOnlyDictionary<string, byte[]> there = s3.Store.Objects;
        there.Keys.Where(k => k.StartsWith(_prefix, StringComparison.Ordinal)).Select(k => k[(_prefix.Length + 1)..])
            .Order(StringComparer.Ordinal).ShouldBe(paths);
        foreach (string path in paths)
            there[$"{_prefix}/{path}"].ShouldBe(await File.ReadAllBytesAsync(Path.Combine(_folder["job"], path)));
    }

    [Fact]
    public async Task A_prefix_is_a_source_of_images_and_their_bytes_are_read()
    {
        s3.Store.Put($"{_prefix}/in/b/2 ü.jpg", [2, 2]);
        s3.Store.Put($"{_prefix}/in/1.PNG", [1]);
        s3.Store.Put($"{_prefix}/in/notes.txt", [3]);
        IJobSource source = JobSources.Of($"s3://{S3Stub.Bucket}/{_prefix}/in/", new SourceOptions());
        var images = new List<JobImage>();
        await foreach (JobImage image in source.ImagesAsync(s_none))
            images.Add(image);
        images.Select(i => i.Id).ShouldBe(["1.PNG", "b/2 ü.jpg"]);
        images[1].Location.ShouldBe($"s3://{S3Stub.Bucket}/{_prefix}/in/b/2 ü.jpg");
        using var reader = new S3Images();
        (await reader.ReadAsync(images[1].Location, s_none)).ShouldBe([2, 2]);
        await Should.ThrowAsync<FileNotFoundException>(() => reader.ReadAsync(images[1].Location + "x", s_none));
        (await Should.ThrowAsync<JobException>(() => reader.ReadAsync($"s3://elsewhere/{_prefix}/x", s_none)))
            .Message.ShouldContain("no such bucket");
        Destinations.ImageOf(images[0]).ShouldBeOfType<S3Image>();
    }

    [Fact]
    public async Task Refusals_are_one_line_that_names_the_place_and_no_key()
    {
        string place = $"s3://{S3Stub.Bucket}/{_prefix}";
        await RefusedAsync($"s3://nowhere/{_prefix}", "no such bucket");
        await WithAsync("AWS_ACCESS_KEY_ID", "AKIAOTHER", () => RefusedAsync(place, "AWS_ACCESS_KEY_ID"));
        await WithAsync("AWS_SECRET_ACCESS_KEY", "hush", () => RefusedAsync(place, "AWS_SECRET_ACCESS_KEY"));
        await WithAsync("AWS_REGION", "test-2", () => RefusedAsync(place, "AWS_REGION"));
        string nobody = Invariant.Text($"http://127.0.0.1:{FreePort.Next()}");
        await WithAsync("AWS_ENDPOINT_URL", nobody, () => RefusedAsync(place, "cannot be reached"));
        await WithAsync("AWS_ENDPOINT_URL", "store", () => Should.ThrowAsync<ArgumentException>(OpenAsync));
    }

    [Theory]
    [InlineData("s3://", "3 to 63")]
    [InlineData("s3://Bucket/x", "'Bucket'")]
    [InlineData("http://bucket", "s3://BUCKET/PREFIX")]
    public void A_mistake_in_an_address_is_named(string text, string word) =>
        Should.Throw<ArgumentException>(() => S3Address.Parse(text)).Message.ShouldContain(word);

    private static async Task RefusedAsync(string place, params string[] words)
    {
        JobException error = await Should.ThrowAsync<JobException>(() => S3Files.OpenAsync(S3Address.Parse(place), s_none));
        foreach (string word in words)
            error.Message.ShouldContain(word);
        error.Message.ShouldStartWith($"store {place}");
        error.Message.ShouldNotContain("\n");
        error.Message.ShouldNotContain(S3Stub.Secret);
        error.Message.ShouldNotContain("hush");
    }

    private static async Task WithAsync(string variable, string value, Func<Task> work)
    {
        string? before = Environment.GetEnvironmentVariable(variable);
        Environment.SetEnvironmentVariable(variable, value);
        try
        {
            await work();
        }
        finally
        {
            Environment.SetEnvironmentVariable(variable, before);
        }
    }

    private static async Task<string?> TextAsync(S3Files files, string path, long offset, int? length) =>
        Encoding.UTF8.GetString((await files.ReadAsync(path, offset, length, s_none))!);

    private Task<S3Files> OpenAsync() => S3Files.OpenAsync(new S3Address(S3Stub.Bucket, _prefix), s_none);
}
