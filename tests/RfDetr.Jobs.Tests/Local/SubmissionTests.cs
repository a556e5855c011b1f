namespace RfDetr.Jobs.Tests;

public class SubmissionTests
{
    [Fact]
    public async Task Again_is_harmless()
    {
        using var test = new TestJob(9);
        JobDefinition first = await test.SubmitAsync();
        string[] files = TestJob.Files(test.Output);
        DateTime time = File.GetLastWriteTimeUtc(Path.Combine(test.Output, JobDefinition.File));

        Submitted again = await Submission.RunAsync(
            new FolderFiles(test.Output), [JobSources.Of(test.Images, new SourceOptions())], TestJob.Model(),
            new SubmitOptions { ShardSize = 4, Name = "test" }, null, CancellationToken.None);

        again.IsNew.ShouldBeFalse();
        again.Job.ManifestSha256.ShouldBe(first.ManifestSha256);
        TestJob.Files(test.Output).ShouldBe(files);
        File.GetLastWriteTimeUtc(Path.Combine(test.Output, JobDefinition.File)).ShouldBe(time);
    }

    [Fact]
    public async Task Many_at_once_submit_one_job()
    {
        using var test = new TestJob(9);

        Submitted[] all = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() => Submission.RunAsync(
            new FolderFiles(test.Output), [JobSources.Of(test.Images, new SourceOptions())], TestJob.Model(),
            new SubmitOptions { ShardSize = 4 }, null, CancellationToken.None))));

        all.Count(s => s.IsNew).ShouldBe(1);
        all.Select(s => s.Job.ManifestSha256).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Another_manifest_is_refused_with_both_digests()
    {
        using var test = new TestJob(5);
        JobDefinition first = await test.SubmitAsync();
        test.AddImage("new.jpg");

        JobException e = await Should.ThrowAsync<JobException>(() => test.SubmitAsync());

        e.Message.ShouldContain(first.ManifestSha256);
        e.Message.ShouldContain("5 images");
        e.Message.ShouldContain("6 images");
        e.Message.ShouldContain("--output");
        e.Message.ShouldNotContain("\n");
        JobDefinition kept = await JobDefinition.OpenAsync(new FolderFiles(test.Output), CancellationToken.None);
        kept.Images.ShouldBe(5);
    }

    [Fact]
    public async Task Other_options_another_model_and_another_shard_size_are_refused_by_name()
    {
        using var test = new TestJob(5);
        JobDefinition first = await test.SubmitAsync();

        JobException e = await Should.ThrowAsync<JobException>(
            () => test.SubmitAsync(options: new DetectOptions { ScoreThreshold = 0.3f }));
        e.Message.ShouldContain("differs in options: ");
        e.Message.ShouldContain(first.OptionsSha256);
        e = await Should.ThrowAsync<JobException>(() => test.SubmitAsync(shardSize: 5));
        e.Message.ShouldContain("differs in shard size: ");

        JobModel other = TestJob.Model() with { Sha256 = new string('0', 64) };
        e = await Should.ThrowAsync<JobException>(() => Submission.RunAsync(
            new FolderFiles(test.Output), [JobSources.Of(test.Images, new SourceOptions())], other,
            new SubmitOptions { ShardSize = 4, Name = "test" }, null, CancellationToken.None));
        e.Message.ShouldContain("differs in model: ");
        e.Message.ShouldContain(first.ModelSha256);
        e.Message.ShouldContain(other.Sha256);
    }

    [Fact]
    public async Task What_an_interrupted_submission_left_is_taken_if_it_is_the_same()
    {
        using var test = new TestJob(5);
        _ = await test.SubmitAsync();
        File.Delete(Path.Combine(test.Output, JobDefinition.File));
        File.Delete(Path.Combine(test.Output, ManifestIndex.File));

        _ = await test.SubmitAsync();
        File.Exists(Path.Combine(test.Output, JobDefinition.File)).ShouldBeTrue();

        File.Delete(Path.Combine(test.Output, JobDefinition.File));
        test.AddImage("new.jpg");
        JobException e = await Should.ThrowAsync<JobException>(() => test.SubmitAsync());
        e.Message.ShouldContain("manifest.jsonl");
        e.Message.ShouldContain("remove it");
    }

    [Theory]
    [InlineData("/data/out/run-7", "run-7")]
    [InlineData("s3://bucket/a b/ö x/", "--x")]
    [InlineData("..", "job")]
    public void A_name_comes_from_the_destination(string destination, string name) =>
        Submission.NameOf(destination).ShouldBe(name);

    [Fact]
    public async Task A_worker_with_another_model_is_refused_with_both_digests()
    {
        using var test = new TestJob(2);
        JobDefinition job = await test.SubmitAsync();
        string other = test["other.onnx"];
        File.WriteAllText(other, "x");

        JobException e = Should.Throw<JobException>(() => JobModels.Check(job, other, acceptLicense: false));

        e.Message.ShouldContain(job.ModelSha256);
        e.Message.ShouldContain(JobModels.Digest(other, false));
        JobModels.Check(job, "demo", acceptLicense: false);
    }
}
