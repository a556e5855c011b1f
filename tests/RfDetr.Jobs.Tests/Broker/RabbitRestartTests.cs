namespace RfDetr.Jobs.Tests;

/// <summary>A broker that goes and comes back; it is a broker of its own.</summary>
public sealed class RabbitRestartTests
{
    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Publishing_and_working_go_on_after_a_restart_and_after_a_crash()
    {
        Skip.If(RabbitServer.Missing is not null, RabbitServer.Missing);
        await using RabbitServer server = await RabbitServer.StartAsync();
        var notices = new Heard<string>();
        var options = new BrokerOptions { Patience = TimeSpan.FromMinutes(3), Notices = notices };
        JobDefinition job = TestJobs.Of(8000);
        await using var queue = new RabbitQueue(server.Address, job, options);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(TestJobs.Limit(500));
        var done = new HashSet<int>();
        Task working = Task.Run(async () =>
        {
            await foreach (IShardLease lease in queue.LeasesAsync(end.Token))
            {
                lock (done)
                    done.Add(lease.Shard.Index);
                await lease.DoneAsync();
                if (done.Count == job.Shards)
                    return;
            }
        });

        await using var publisher = new RabbitPublisher(server.Address, options);
        var progress = new Heard<long>();
        Task<long> publishing = publisher.PublishAsync(job, job.AllShards(), progress, end.Token);
        while (progress.All.Count == 0)
            await Task.Delay(5);
        await server.RestartAsync(crash: false);
        (await publishing).ShouldBe(8000);
        await server.RestartAsync(crash: true);
        await working;
        done.Count.ShouldBe(8000);
        notices.All.ShouldContain(n => n.Contains("connecting again", StringComparison.Ordinal));
        notices.All.ShouldAllBe(n => !n.Contains('\n') && !n.Contains(RabbitServer.Password));
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
