namespace RfDetr.Jobs.Tests;

/// <summary>Rates of a job from the moments at which its results came, and from the time that the earliest took.</summary>
public class RateTests
{
    private static readonly DateTimeOffset s_start = DateTimeOffset.UnixEpoch;

    [Fact]
    public void A_single_result_took_as_long_as_its_worker_says() =>
        Rate(new RateSpan(s_start, s_start, 256, 256, 12.8)).ShouldBe(20, 1e-9);

    [Fact]
    public void A_single_result_that_took_longer_than_the_span_does_too() =>
        Rate(new RateSpan(s_start, s_start, 256, 256, 1280)).ShouldBe(0.2, 1e-9);

    [Fact]
    public void A_job_that_just_began_did_all_of_its_results_since_then() =>
        // Three workers of 20 s a shard, one shard each.
        Rate(new RateSpan(s_start.AddSeconds(20), s_start.AddSeconds(20.5), 768, 256, 20)).ShouldBe(768 / 20.5, 1e-9);

    [Fact]
    public void A_job_that_goes_on_after_a_night_has_the_rate_of_today() =>
        Rate(new RateSpan(s_start.AddHours(8), s_start.AddHours(8).AddSeconds(10), 512, 256, 10)).ShouldBe(25.6, 1e-9);

    [Fact]
    public void What_came_first_in_the_span_was_done_before_it()
    {
        // A shard of 60 images a minute for hours: the span has eleven ends and ten minutes.
        Rate(new RateSpan(s_start, s_start.AddMinutes(10), 660, 60, 60)).ShouldBe(1, 1e-9);
        // A hundred workers of nine minutes a shard, begun long ago.
        Rate(new RateSpan(s_start, s_start.AddMinutes(9.9), 6000, 60, 540)).ShouldBe(5940 / 594.0, 1e-9);
    }

    [Theory]
    [InlineData(0.0, 0.0)]
    [InlineData(30.0, 8.0)]
    public void A_worker_that_died_before_it_could_say_leaves_the_others(double seconds, double rate) =>
        Rate(new RateSpan(s_start, s_start.AddSeconds(seconds), seconds > 0 ? 300 : 60, 60, null)).ShouldBe(rate, 1e-9);

    [Fact]
    public void A_result_without_any_time_has_no_rate() => Rate(new RateSpan(s_start, s_start, 1, 1, 0)).ShouldBe(0);

    [Fact]
    public async Task Files_tell_the_rate_of_one_shard_and_of_those_of_today()
    {
        JobDefinition job = TestJobs.Of(3);
        using var folder = new TemporaryFolder();
        await using var results = new FileResults(new FolderFiles(folder["out"]), job);
        await results.AddAsync(TestJobs.Result(job, job.Shard(1)), CancellationToken.None);

        ShardTotals one = await results.TotalsAsync(CancellationToken.None);
        one.ImagesPerSecond.ShouldBe(4 / 1.5, 1e-9);

        // Yesterday's has no part in it.
        File.SetLastWriteTimeUtc(Rows(folder, job, 1), one.Latest!.Value.UtcDateTime.AddDays(-1));
        await results.AddAsync(TestJobs.Result(job, job.Shard(0)), CancellationToken.None);
        ShardTotals two = await results.TotalsAsync(CancellationToken.None);
        two.ImagesPerSecond.ShouldBe(4 / 1.5, 1e-9);
        two.First.ShouldBe(one.Latest.Value.AddDays(-1));

        // The latest comes 4.5 s later: 6 s for two of them.
        await results.AddAsync(TestJobs.Result(job, job.Shard(2)), CancellationToken.None);
        File.SetLastWriteTimeUtc(Rows(folder, job, 2), two.Latest!.Value.UtcDateTime.AddSeconds(4.5));
        (await results.TotalsAsync(CancellationToken.None)).ImagesPerSecond.ShouldBe((4 + 3) / 6.0, 1e-6);
    }

    [Fact]
    public async Task A_status_of_a_job_of_one_shard_has_a_rate()
    {
        using var test = new TestJob(3);
        _ = await test.SubmitAsync();

        RunOutcome outcome = await TestJob.RunAsync(test.Output);

        outcome.Status.Shards.ShouldBe(1);
        outcome.Status.ImagesPerSecond.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task The_seconds_of_a_workers_shards_add_up_to_the_time_that_it_ran()
    {
        using var test = new TestJob(40);
        _ = await test.SubmitAsync(shardSize: 2);

        // All of the next shard's images are read while one is computed.
        RunOutcome outcome = await TestJob.RunAsync(test.Output, new WorkerOptions { Batch = 2, Ahead = 8 });

        await using Destination destination = TestJob.Open(test.Output);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
        await using IShardResults results = await destination.OpenResults(job, CancellationToken.None);
        double seconds = 0;
        await foreach (ShardResult result in results.ReadAsync(ShardShare.All, CancellationToken.None))
            seconds += result.Meta!.Seconds;
        seconds.ShouldBeInRange(0.001, outcome.Work.Seconds + 0.02); // each is rounded to a millisecond
    }

    private static double Rate(RateSpan span) => span.ImagesPerSecond;

    private static string Rows(TemporaryFolder folder, JobDefinition job, int shard) =>
        folder["out/" + FileResults.RowsPath(job.Shard(shard))];
}
