namespace RfDetr.Jobs.Tests;

public class SourceTests
{
    private static Task<List<JobImage>> Of(string text, bool recursive = false, string? images = null) =>
        TestJob.AllAsync(JobSources.Of(text, new SourceOptions { Recursive = recursive, ImageFolder = images }));

    [Fact]
    public async Task A_folder_is_its_images_and_recursively_those_below()
    {
        using var test = new TestJob(2);
        test.AddImage("below/x.jpg");
        File.WriteAllText(Path.Combine(test.Images, "notes.txt"), "");

        (await Of(test.Images)).Count.ShouldBe(2);
        List<JobImage> all = await Of(test.Images, recursive: true);

        all.Count.ShouldBe(3);
        JobImage below = all.Single(i => i.Id == "below/x.jpg");
        below.Location.ShouldBe(Path.Combine(test.Images, "below", "x.jpg"));
    }

    [Fact]
    public async Task A_pattern_names_images_within_its_fixed_beginning()
    {
        using var test = new TestJob(2);
        test.AddImage("below/x.jpg");

        List<JobImage> found = await Of(Path.Combine(test.Images, "**", "*.jpg"));

        found.Select(i => i.Id).ShouldContain("below/x.jpg");
        found.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_list_has_paths_beside_itself_and_objects_of_buckets()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["list.txt"], "a.jpg\r\n\nsub/b.jpg\n/data/c.jpg\ns3://bucket/d.jpg");

        List<JobImage> found = await Of(folder["list.txt"]);

        found.ShouldBe(
        [
            new("a.jpg", folder["a.jpg"]), new("sub/b.jpg", folder["sub/b.jpg"]), new("/data/c.jpg", "/data/c.jpg"),
            new("s3://bucket/d.jpg", "s3://bucket/d.jpg"),
        ]);
    }

    [Fact]
    public async Task A_list_of_entries_has_ids_of_its_own()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(
            folder["list.jsonl"], "{\"id\": \"7\", \"location\": \"a.jpg\"}\n{\"id\": \"8\", \"location\": \"/b.jpg\"}\n");

        (await Of(folder["list.jsonl"])).ShouldBe([new("7", folder["a.jpg"]), new("8", "/b.jpg")]);
    }

    [Fact]
    public async Task A_coco_file_keeps_its_image_ids_and_is_read_as_a_stream()
    {
        using var folder = new TemporaryFolder();
        // Annotations before the images, and numbers as Python writes them.
        File.WriteAllText(
            folder["set.json"],
            "{\"annotations\": [{\"id\": 1, \"score\": NaN}], \"images\": [{\"id\": 139, \"file_name\": \"a.jpg\", "
                + "\"width\": 3}, "
            + "{\"file_name\": \"sub/b.jpg\", \"id\": \"x\"}], \"categories\": []}");

        (await Of(folder["set.json"])).ShouldBe([new("a.jpg", folder["a.jpg"], 139), new("sub/b.jpg", folder["sub/b.jpg"])]);
        (await Of(folder["set.json"], images: folder["pics"]))[0].Location.ShouldBe(folder["pics/a.jpg"]);
    }

    [Theory]
    [InlineData("{\"images\": [{\"id\": 1}]}", "file_name")]
    [InlineData("{\"images\": 3}", "a list")]
    [InlineData("{\"annotations\": []}", "images")]
    [InlineData("[]", "object")]
    [InlineData("{\"images\": [{\"id\": 1, \"file_name\": \"a.jpg\"", "breaks off")]
    [InlineData("", "empty")]
    public async Task A_broken_coco_file_is_one_clear_line(string text, string word)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["set.json"], text);

        Exception e = await Should.ThrowAsync<RfDetr.Data.DataSetFormatException>(() => Of(folder["set.json"]));

        e.Message.ShouldContain(word);
        e.Message.ShouldContain("set.json");
    }

    [Theory]
    [InlineData("http://host/a.jpg")]
    [InlineData("https://host/a.jpg")]
    public async Task Addresses_are_refused(string address)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["list.txt"], $"a.jpg\n{address}\n");

        Should.Throw<ArgumentException>(() => JobSources.Of(address, new SourceOptions())).Message.ShouldContain(address);
        ArgumentException e = await Should.ThrowAsync<ArgumentException>(() => Of(folder["list.txt"]));
        e.Message.ShouldContain("line 2");
        Should.Throw<ArgumentException>(() => Destinations.ImageOf(new JobImage("a", address)));
    }

    [Fact]
    public async Task Lists_that_are_none_are_refused_before_they_fill_the_memory()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["long.txt"], "a.jpg\n" + new string('x', 5_000_000));
        File.WriteAllBytes(folder["bytes.txt"], [0x61, 0x0A, 0xFF, 0xFE, 0x0A]);
        File.WriteAllText(folder["control.txt"], "a.jpg\nb\0.jpg\n");
        File.WriteAllText(folder["entries.jsonl"], "{\"id\": \"7\"}\n");

        (await Should.ThrowAsync<JobException>(() => Of(folder["long.txt"]))).Message.ShouldContain("line 2");
        (await Should.ThrowAsync<JobException>(() => Of(folder["bytes.txt"]))).Message.ShouldContain("UTF-8");
        (await Should.ThrowAsync<JobException>(() => Of(folder["control.txt"]))).Message.ShouldContain("line 2");
        (await Should.ThrowAsync<JobException>(() => Of(folder["entries.jsonl"]))).Message.ShouldContain("line 1");
    }

    [Fact]
    public async Task What_is_not_there_is_named()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["empty"]);
        File.WriteAllText(folder["x.doc"], "");

        Should.Throw<FileNotFoundException>(() =>
            JobSources.Of(folder["none"], new SourceOptions())).Message.ShouldContain("none");
        (await Should.ThrowAsync<FileNotFoundException>(() => Of(folder["empty"]))).Message.ShouldContain("--recursive");
        (await Should.ThrowAsync<FileNotFoundException>(() => Of(folder["*.jpg"]))).Message.ShouldContain("*.jpg");
        Should.Throw<ArgumentException>(() => JobSources.Of(folder["x.doc"], new SourceOptions())).Message.ShouldContain(".doc");
    }
}
