using System.Text;

namespace RfDetr.Jobs.Tests;

public class ManifestTests
{
    private static string Build(IEnumerable<JobImage> images, int shardSize, long memory, out string index, out long count)
    {
        using var builder = new ManifestBuilder(mostMemory: memory);
        foreach (JobImage image in images)
            builder.Add(image);
        (string sha, string indexSha, count) = builder.Complete(shardSize);
        index = indexSha;
        return sha + "\n" + File.ReadAllText(builder.ManifestFile);
    }

    private static JobImage Numbered(int i) =>
        new($"f/{(i * 7919L) % 100_003:000000}-{i}.jpg", $"/data/f/{i}.jpg", i % 3 == 0 ? i : null);

    [Fact]
    public void What_does_not_fit_into_memory_is_merged_to_the_same_bytes()
    {
        JobImage[] images = [.. Enumerable.Range(0, 5000).Select(Numbered)];

        string inMemory = Build(images, 100, long.MaxValue, out string index, out long count);
        // Twelve images a file: more files than are open at a time, so that merged ones are merged again.
        string merged = Build(images.Reverse(), 100, 2400, out string mergedIndex, out long mergedCount);

        merged.ShouldBe(inMemory);
        (mergedIndex, mergedCount).ShouldBe((index, count));
        string[] ids = [.. images.Select(i => i.Id).Order(StringComparer.Ordinal)];
        inMemory.Split('\n')[1].ShouldContain(ids[0]);
        count.ShouldBe(5000);
    }

    [Fact]
    [Trait("Duration", "Long")]
    public void Memory_does_not_grow_with_the_number_of_images()
    {
        const int Images = 600_000;
        using var builder = new ManifestBuilder(mostMemory: 8 << 20);
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true), most = 0;
        for (int i = 0; i < Images; i++)
        {
            builder.Add(Numbered(i));
            if (i % 50_000 == 0)
                most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);
        }

        builder.Complete(256).Images.ShouldBe(Images);
        most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: true) - before);

        // Held in memory they would be more than 100 MB.
        most.ShouldBeLessThan(24 << 20);
    }

    [Fact]
    public void Two_images_of_one_id_are_refused_by_both_names()
    {
        JobException e = Should.Throw<JobException>(() => Build(
            [new("a.jpg", "/x/a.jpg"), new("b.jpg", "/x/b.jpg"), new("a.jpg", "/y/a.jpg")], 2, long.MaxValue, out _, out _));

        e.Message.ShouldContain("'a.jpg'");
        e.Message.ShouldContain("/x/a.jpg");
        e.Message.ShouldContain("/y/a.jpg");
        e.Message.ShouldContain("--ids location");
    }

    [Fact]
    public void An_image_that_two_sources_name_is_one()
    {
        Build([new("a.jpg", "/x/a.jpg"), new("a.jpg", "/x/a.jpg")], 2, long.MaxValue, out _, out long count);

        count.ShouldBe(1);
    }

    [Fact]
    public void No_image_is_an_error() =>
        Should.Throw<JobException>(() => Build([], 2, long.MaxValue, out _, out _)).Message.ShouldContain("no image");

    [Fact]
    public async Task A_shard_is_read_by_itself_and_a_changed_manifest_is_noticed()
    {
        using var test = new TestJob(10);
        JobDefinition job = await test.SubmitAsync(shardSize: 4);
        var files = new FolderFiles(test.Output);
        Manifest manifest = await Manifest.OpenAsync(files, job, CancellationToken.None);

        IReadOnlyList<JobImage>[] shards =
            [.. await Task.WhenAll(job.AllShards().Select(s => manifest.ReadAsync(s, CancellationToken.None)))];
        shards.Select(s => s.Count).ShouldBe([4, 4, 2]);
        string[] ids = [.. shards.SelectMany(s => s).Select(i => i.Id)];
        ids.ShouldBe(ids.Order(StringComparer.Ordinal));
        (await manifest.ReadAsync(new ShardRef(1, 6, 1), CancellationToken.None)).Single().Id.ShouldBe(ids[6]);

        // One letter of the second shard.
        string path = Path.Combine(test.Output, Manifest.File);
        string[] lines = File.ReadAllLines(path);
        lines[5] = lines[5].Replace(".jpg", ".jpx", StringComparison.Ordinal);
        File.WriteAllText(path, string.Join('\n', lines) + "\n");
        _ = await manifest.ReadAsync(job.Shard(0), CancellationToken.None);
        JobException e = await Should.ThrowAsync<JobException>(() => manifest.ReadAsync(job.Shard(1), CancellationToken.None));
        e.Message.ShouldContain("has changed");
        e.Message.ShouldContain("shard-000001");
    }

    [Fact]
    public async Task A_changed_index_or_job_is_noticed()
    {
        using var test = new TestJob(3);
        JobDefinition job = await test.SubmitAsync();
        var files = new FolderFiles(test.Output);
        string index = Path.Combine(test.Output, ManifestIndex.File);
        byte[] bytes = File.ReadAllBytes(index);
        bytes[9] ^= 1;
        File.WriteAllBytes(index, bytes);

        JobException e = await Should.ThrowAsync<JobException>(() => Manifest.OpenAsync(files, job, CancellationToken.None));
        e.Message.ShouldContain(job.IndexSha256);

        string definition = Path.Combine(test.Output, JobDefinition.File);
        File.WriteAllText(
            definition,
            File.ReadAllText(definition).Replace("\"score_threshold\":0.5", "\"score_threshold\":0.4", StringComparison.Ordinal));
        e = await Should.ThrowAsync<JobException>(() => JobDefinition.OpenAsync(files, CancellationToken.None));
        e.Message.ShouldContain(job.OptionsSha256);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"name\": 3")]
    public async Task A_job_file_that_is_none_is_one_clear_line(string text)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["job.json"], text);

        JobException e = await Should.ThrowAsync<JobException>(
            () => JobDefinition.OpenAsync(new FolderFiles(folder["."]), CancellationToken.None));
        e.Message.ShouldContain("job.json");
    }

    [Fact]
    public async Task Paths_with_odd_letters_come_back()
    {
        using var test = new TestJob();
        string[] names = ["ä ö.jpg", "quote\"d.jpg", "日本.jpg", "a'b.jpg", "nested/x.jpg", "😀.jpg"];
        foreach (string name in names)
            test.AddImage(name);
        JobDefinition job = await test.SubmitAsync(shardSize: 100);
        Manifest manifest = await Manifest.OpenAsync(new FolderFiles(test.Output), job, CancellationToken.None);

        IReadOnlyList<JobImage> images = await manifest.ReadAsync(job.Shard(0), CancellationToken.None);

        images.Select(i => i.Id).ShouldBe(names.Order(StringComparer.Ordinal));
        images.ShouldAllBe(i => File.Exists(i.Location));
        Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(test.Output, Manifest.File))).ShouldContain("日本");
    }
}
