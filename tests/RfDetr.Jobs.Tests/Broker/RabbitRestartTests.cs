namespace RfDetr.Jobs.Tests;

/// <summary>A broker that cuts off slow workers; it is a broker of its own.</summary>
public sealed class RabbitRestartTests
{
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
