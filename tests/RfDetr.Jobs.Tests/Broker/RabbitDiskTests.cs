namespace RfDetr.Jobs.Tests;

/// <summary>Workers of a broker whose destination runs full.</summary>
[Collection(RabbitCollection.Name)]
public sealed class RabbitDiskTests(RabbitFixture rabbit)
{
    private const int Images = 48, ShardSize = 4;

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_full_disk_gives_the_shards_back_and_the_same_bytes_come_when_there_is_room()
    {
        RabbitServer server = rabbit.Server;
        using var disk = SmallDisk.Of(1024);
        using var test = new TestJob(Images);
        string output = Path.Combine(disk.Path, "out"), undisturbed = test["undisturbed"];
        JobDefinition job = await test.SubmitAsync(ShardSize, output);
        _ = await test.SubmitAsync(ShardSize, undisturbed);
        await TestJob.RunAsync(undisturbed);
        SortedDictionary<string, string> expected = TestJob.Rows(undisturbed);
        await using (var publisher = new RabbitPublisher(server.Address, new BrokerOptions()))
            await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit());

        disk.Fill(left: 40);
        Task<RunOutcome>[] workers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => WorkAsync(server, output)))];
        foreach (Task<RunOutcome> worker in workers)
        {
            JobException e = await Should.ThrowAsync<JobException>(() => worker);
            e.Message.ShouldContain("no space left");
            e.Message.ShouldContain("what is done stays done");
        }

        SortedDictionary<string, string> kept = TestJob.Rows(output);
        kept.Count.ShouldBeInRange(1, job.Shards - 1, "there was room for some");
        foreach ((string name, string bytes) in kept)
            bytes.ShouldBe(expected[name], $"{name} is whole");
        TestJob.Files(Path.Combine(output, ".tmp")).ShouldBeEmpty();
        await using (BrokerSession session =
            await BrokerSession.OpenAsync(server.Address, "test", job.Name, TestJobs.Limit()))
        {
            // The shard whose rows were the last to be written may lack what lies beside them: it is handed out once more.
            (await session.Channel.MessageCountAsync(BrokerTopology.Work(job.Name)))
                .ShouldBeInRange((uint)(job.Shards - kept.Count), (uint)job.Shards);
            (await session.Channel.MessageCountAsync(BrokerTopology.Dead(job.Name))).ShouldBe(0u);
        }

        disk.Free();
        RunOutcome outcome = await WorkAsync(server, output);

        outcome.Status.IsComplete.ShouldBeTrue();
        outcome.Status.ShardsDead.ShouldBe(0);
        TestJob.Rows(output).ShouldBe(expected);
    }

    private static async Task<RunOutcome> WorkAsync(RabbitServer server, string output)
    {
        await using IJobBroker broker = new RabbitBroker(server.Address, new BrokerOptions());
        await using Destination destination = TestJob.Open(output);
        JobDefinition job = await JobDefinition.OpenAsync(destination.Files, CancellationToken.None);
        return await JobRun.RunAsync(
            destination, job, TestJob.Demo, broker, new RunOptions { UntilDone = true, Look = TimeSpan.FromSeconds(1) }, null,
            TestJobs.Limit());
    }
}
