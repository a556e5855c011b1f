namespace RfDetr.Jobs.Tests;

/// <summary>Brokers that restart, crash, and cut off slow workers; each test has one of its own.</summary>
public sealed class RabbitRestartTests
{
    // RabbitMQ 3.10 writes a quorum queue's registration to the disk some seconds after its declaration: a queue younger than
    // that takes nothing for ever after a crash (docs/jobs-operations.md).
    private static readonly TimeSpan s_registered = TimeSpan.FromSeconds(8);

    [SkippableTheory]
    [InlineData(false)]
    [InlineData(true)]
    [Trait("Duration", "Long")]
    public async Task Every_shard_is_there_although_the_broker_restarts_while_they_are_published(bool crash)
    {
        Skip.If(RabbitServer.Missing is not null, RabbitServer.Missing);
        await using RabbitServer server = await RabbitServer.StartAsync();
        var notices = new Heard<string>();
        var options = new BrokerOptions
        {
            Patience = TimeSpan.FromMinutes(8),
            Confirmation = TimeSpan.FromSeconds(20),
            Notices = notices,
        };
        JobDefinition job = TestJobs.Of(JobDefinition.MostShards);
        await using var publisher = new RabbitPublisher(server.Address, options);
        Task restart = Task.CompletedTask;

        // The restart begins when some batches are there; shards come until it is over, and some more.
        IEnumerable<ShardRef> Shards()
        {
            int afterwards = 0;
            foreach (ShardRef shard in job.AllShards())
            {
                if (shard.Index == 3000 && crash)
                    Thread.Sleep(s_registered);
                if (shard.Index == 3000)
                    restart = Task.Run(() => server.RestartAsync(crash));
                else if (shard.Index > 3000 && !restart.IsCompleted)
                    Thread.Sleep(1);
                else if (shard.Index > 3000 && ++afterwards > 2000)
                    yield break;
                yield return shard;
            }
        }

        int published = (int)await publisher.PublishAsync(job, Shards(), null, TestJobs.Limit(600));

        await restart;
        published.ShouldBeGreaterThan(5000);
        notices.All.ShouldContain(n => n.Contains("connecting again", StringComparison.Ordinal), "the connection was lost");
        (await TestJobs.TakenAsync(server.Address, job, published)).ShouldBe(Enumerable.Range(0, published));
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_shard_that_takes_longer_than_the_broker_allows_is_named_as_that()
    {
        Skip.If(RabbitServer.Missing is not null, RabbitServer.Missing);
        await using RabbitServer server = await RabbitServer.StartAsync(
            "{consumer_timeout, 1000}", "{channel_tick_interval, 1000}");
        var notices = new Heard<string>();
        var options = new BrokerOptions { Patience = TimeSpan.FromMinutes(1), Notices = notices };
        JobDefinition job = TestJobs.Of(1);
        await using var publisher = new RabbitPublisher(server.Address, options);
        await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit());
        await using var queue = new RabbitQueue(server.Address, job, options);
        await using IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit(200)).GetAsyncEnumerator();
        await leases.MoveNextAsync();
        IShardLease slow = leases.Current;
        (await leases.MoveNextAsync()).ShouldBeTrue("the broker cuts the consumer and hands the shard out again");
        leases.Current.Shard.ShouldBe(slow.Shard);
        notices.All.ShouldContain(n => n.Contains("consumer_timeout", StringComparison.Ordinal));
        await slow.DoneAsync(); // void, and no error
        await leases.Current.DoneAsync();
    }
}
