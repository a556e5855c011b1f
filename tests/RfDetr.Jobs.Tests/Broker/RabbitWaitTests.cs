namespace RfDetr.Jobs.Tests;

/// <summary>Brokers that neither answer nor go: every wait for them ends.</summary>
[Collection(RabbitCollection.Name)]
public sealed class RabbitWaitTests(RabbitFixture rabbit)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(3);

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Messages_that_a_broker_without_memory_does_not_read_are_sent_again_until_it_does()
    {
        RabbitServer server = rabbit.Server;
        var notices = new Heard<string>();
        var options = new BrokerOptions
        {
            Patience = TimeSpan.FromMinutes(3),
            Confirmation = TimeSpan.FromSeconds(2),
            Notices = notices,
        };
        JobDefinition job = TestJobs.Of(1300);
        await using var publisher = new RabbitPublisher(server.Address, options);
        await using var queue = new RabbitQueue(server.Address, job, options);
        await using IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit(200)).GetAsyncEnumerator();
        await publisher.PublishAsync(job, [job.Shard(0)], null, TestJobs.Limit());
        await leases.MoveNextAsync();

        await server.ControlAsync("set_vm_memory_high_watermark", "0");
        try
        {
            Task<long> publishing = publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit(200));
            while (!publishing.IsCompleted
                && !notices.All.Any(n => n.Contains("did not confirm messages within 2 s", StringComparison.Ordinal)))
                await Task.Delay(50);
            publishing.IsCompleted.ShouldBeFalse();
            await leases.Current.GiveBackAsync().WaitAsync(s_limit);
            await server.ControlAsync("set_vm_memory_high_watermark", "0.8");
            (await publishing.WaitAsync(s_limit)).ShouldBe(1300);
        }
        finally
        {
            await server.ControlAsync("set_vm_memory_high_watermark", "0.8");
        }

        await queue.DisposeAsync();
        (await TestJobs.TakenAsync(server.Address, job, job.Shards)).ShouldBe(Enumerable.Range(0, job.Shards));
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_broker_that_takes_nothing_for_too_long_is_one_clear_line()
    {
        RabbitServer server = rabbit.Server;
        var options = new BrokerOptions { Patience = TimeSpan.FromSeconds(3), Confirmation = TimeSpan.FromSeconds(1) };
        JobDefinition job = TestJobs.Of(3);
        await using var publisher = new RabbitPublisher(server.Address, options);
        await server.ControlAsync("set_vm_memory_high_watermark", "0");
        try
        {
            JobException e = await Should.ThrowAsync<JobException>(
                () => publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit()).WaitAsync(s_limit));
            e.Message.ShouldStartWith($"broker {server.Address}: messages of job '{job.Name}' were not confirmed");
            e.Message.ShouldContain("submit the job again");
            e.Message.ShouldNotContain("\n");
        }
        finally
        {
            await server.ControlAsync("set_vm_memory_high_watermark", "0.8");
        }

        (await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit())).ShouldBe(3);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task A_broker_that_falls_silent_is_given_up_in_time()
    {
        await using var proxy = new SilentProxy(rabbit.Server.Port);
        var address = BrokerAddress.Parse(rabbit.Server.Text(port: proxy.Port));
        var options = new BrokerOptions { Patience = TimeSpan.FromSeconds(2), Confirmation = TimeSpan.FromSeconds(1) };
        JobDefinition job = TestJobs.Of(3);
        await using var publisher = new RabbitPublisher(address, options);
        await publisher.PublishAsync(job, [job.Shard(0)], null, TestJobs.Limit());
        await using var queue = new RabbitQueue(address, job, options);
        await using IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit(200)).GetAsyncEnumerator();
        await leases.MoveNextAsync();
        IProgress<JobEvent> events = new RabbitEvents(address, job.Name);

        proxy.FallSilent();

        events.Report(new JobEvent(JobEventKind.Heartbeat, "w", DateTimeOffset.UnixEpoch, 0, 0, 0));
        JobException e = await Should.ThrowAsync<JobException>(
            () => publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit(200)).WaitAsync(s_limit));
        e.Message.ShouldStartWith($"broker {address}: ");
        await leases.Current.GiveBackAsync().WaitAsync(s_limit);
        await ((IAsyncDisposable)events).DisposeAsync().AsTask().WaitAsync(s_limit);
        await queue.DisposeAsync().AsTask().WaitAsync(s_limit);

        // The broker itself finds out by its heartbeats, or as here by the end of the connection.
        await proxy.DisposeAsync();
        (await TestJobs.TakenAsync(rabbit.Server.Address, job, 1)).ShouldBe([0]);
    }
}
