using System.Diagnostics;
using System.Text.RegularExpressions;
using RabbitMQ.Client;
using RfDetr.Tests.House;
using Xunit.Abstractions;

namespace RfDetr.Jobs.Tests;

/// <summary>Shards through RabbitMQ itself.</summary>
[Collection(RabbitCollection.Name)]
public sealed class RabbitTests(RabbitFixture rabbit, ITestOutputHelper output)
{
    private static readonly BrokerOptions s_options = new() { Patience = TimeSpan.FromSeconds(60) };

    [SkippableFact]
    public async Task Every_shard_is_handed_out_once()
    {
        JobDefinition job = TestJobs.Of(1300); // more than two batches of confirmations
        await using var publisher = new RabbitPublisher(rabbit.Server.Address, s_options);
        var progress = new Heard<long>();
        (await publisher.PublishAsync(job, job.AllShards(), progress, TestJobs.Limit())).ShouldBe(1300);
        progress.All.ShouldBe([512, 1024, 1300]);

        await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options);
        var got = new List<ShardRef>();
        await foreach (IShardLease lease in queue.LeasesAsync(TestJobs.Limit()))
        {
            lease.Job.ShouldBe(job);
            got.Add(lease.Shard);
            await lease.DoneAsync();
            if (got.Count == 1300)
                break;
        }

        got.ShouldBe(job.AllShards());
        (await WaitingAsync(job)).ShouldBe(0u);
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task The_messages_of_ten_million_images_are_all_kept()
    {
        JobDefinition job = TestJobs.Of(39_063, 256);
        await using var publisher = new RabbitPublisher(rabbit.Server.Address, s_options);
        string before = await rabbit.Server.ControlAsync("status");
        long allocated = GC.GetTotalAllocatedBytes(), start = Stopwatch.GetTimestamp();
        (await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit(400))).ShouldBe(39_063);
        TimeSpan time = Stopwatch.GetElapsedTime(start);
        allocated = GC.GetTotalAllocatedBytes() - allocated;
        (await WaitingAsync(job)).ShouldBe(39_063u);
        string queues = await rabbit.Server.ControlAsync("list_queues", "name", "messages", "memory");
        string after = await rabbit.Server.ControlAsync("status");
        output.WriteLine(Invariant.Text($"{time.TotalSeconds:0.0} s, {allocated >> 20} MiB allocated\n{queues}"));
        output.WriteLine($"{Memory(before)}\n{Memory(after)}");

        static string Memory(string status) =>
            string.Join('\n', status.Split('\n').Where(l => l.Contains("memory used", StringComparison.OrdinalIgnoreCase)));
    }

    [SkippableFact]
    public async Task The_next_shard_comes_while_one_is_in_hand_and_no_third()
    {
        JobDefinition job = await PublishedAsync(4);
        await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options);
        await using IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit()).GetAsyncEnumerator();
        await leases.MoveNextAsync();
        IShardLease first = leases.Current;
        await leases.MoveNextAsync();
        Task<bool> third = leases.MoveNextAsync().AsTask();
        await Task.Delay(500);
        third.IsCompleted.ShouldBeFalse("two are in hand");
        await first.DoneAsync();
        (await third).ShouldBeTrue();
        leases.Current.Shard.Index.ShouldBe(2);
    }

    [SkippableFact]
    public async Task Shards_that_are_given_back_use_up_no_deliveries()
    {
        JobDefinition job = await PublishedAsync(1);
        for (int i = 0; i < BrokerTopology.DeliveryLimit + 3; i++)
        {
            await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options);
            RabbitLease lease = await FirstAsync(queue);
            lease.Deliveries.ShouldBe(0);
            await lease.GiveBackAsync();
        }

        (await WaitingAsync(job)).ShouldBe(1u);
        (await DeadCountAsync(job)).ShouldBe(0);
    }

    [SkippableFact]
    public async Task A_shard_whose_workers_die_is_dead_after_four_deliveries_and_takes_no_other_with_it()
    {
        JobDefinition job = await PublishedAsync(2);
        int seenSecond = 0;
        for (int i = 0; i <= BrokerTopology.DeliveryLimit; i++)
        {
            await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options);
            await using IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit()).GetAsyncEnumerator();
            await leases.MoveNextAsync();
            var lease = (RabbitLease)leases.Current;
            lease.Shard.Index.ShouldBe(0);
            lease.Deliveries.ShouldBe(i);
            Task<bool> next = leases.MoveNextAsync().AsTask();
            if (i == 0)
            {
                await next; // it is not suspect yet: the second comes, and loses a delivery with it
                seenSecond++;
            }
            else
            {
                await Task.Delay(300);
                next.IsCompleted.ShouldBeFalse("a suspect travels alone");
            }

            await queue.DisposeAsync(); // as a killed worker's, without a word
            (await next).ShouldBe(i == 0);
        }

        seenSecond.ShouldBe(1);
        await using (var queue = new RabbitQueue(rabbit.Server.Address, job, s_options))
        {
            RabbitLease innocent = await FirstAsync(queue);
            innocent.Shard.Index.ShouldBe(1);
            innocent.Deliveries.ShouldBeLessThanOrEqualTo(1);
            await innocent.DoneAsync();
        }

        await using var dead = new RabbitDead(rabbit.Server.Address, job, s_options);
        (await DeadCountAsync(job)).ShouldBe(1);
        var found = new List<int>();
        await foreach (IShardLease lease in dead.LeasesAsync(TestJobs.Limit()))
        {
            found.Add(lease.Shard.Index);
            await lease.DoneAsync();
        }

        found.ShouldBe([0]);
        (await DeadCountAsync(job)).ShouldBe(0);
    }

    [SkippableFact]
    public async Task Dead_shards_become_marks_of_the_destination_once()
    {
        JobDefinition job = await PublishedAsync(2);
        await RejectAllAsync(job, 2);
        using var folder = new TemporaryFolder();
        await using var files = new FolderFiles(folder["job"]);
        await using var results = new FileResults(files, job);
        await results.AddAsync(TestJobs.Result(job, job.Shard(1)), CancellationToken.None);
        await using var broker = new RabbitBroker(rabbit.Server.Address, s_options);
        (await BrokerDead.CollectAsync(broker, files, results, job, TestJobs.Limit())).ShouldBe(1, "the other has results");
        (await BrokerDead.CollectAsync(broker, files, results, job, TestJobs.Limit())).ShouldBe(0);
        var marked = new List<int>();
        await foreach (int index in DeadShards.ListAsync(files, CancellationToken.None))
            marked.Add(index);
        marked.ShouldBe([0]);
    }

    [SkippableFact]
    public async Task A_message_of_another_manifest_is_put_aside_and_named()
    {
        JobDefinition old = TestJobs.Of(1);
        JobDefinition job = old with { ManifestSha256 = new string('e', 64) };
        await using var publisher = new RabbitPublisher(rabbit.Server.Address, s_options);
        await publisher.PublishAsync(old, old.AllShards(), null, TestJobs.Limit());
        await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit());
        var notices = new Heard<string>();
        await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options with { Notices = notices });
        await (await FirstAsync(queue)).DoneAsync();
        string notice = notices.All.ShouldHaveSingleItem();
        notice.ShouldContain(old.ManifestSha256);
        notice.ShouldContain(job.ManifestSha256);
        (await DeadCountAsync(job)).ShouldBe(1);
    }

    [SkippableFact]
    public async Task Events_come_to_listeners_in_order_and_only_those_of_their_job()
    {
        JobDefinition job = TestJobs.Of(1);
        await using var broker = new RabbitBroker(rabbit.Server.Address, s_options);
        IProgress<JobEvent> events = broker.Events(job), others = broker.Events(TestJobs.Of(1));
        for (int i = 0; i < 20; i++)
        {
            events.Report(Event(JobEventKind.ShardDone, i));
            others.Report(Event(JobEventKind.Heartbeat, i));
        }

        var got = new List<JobEvent>();
        await foreach (JobEvent one in RabbitEvents.ReadAsync(
            rabbit.Server.Address, job.Name, fromBeginning: true, TestJobs.Limit()))
        {
            got.Add(one);
            if (got.Count == 20)
                break;
        }

        got.ShouldBe(Enumerable.Range(0, 20).Select(i => Event(JobEventKind.ShardDone, i)));
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task The_rights_that_the_documents_give_a_worker_are_enough_and_no_more()
    {
        RabbitServer server = rabbit.Server;
        string page = await File.ReadAllTextAsync(Path.Combine(Checkout.Root, "docs", "jobs-operations.md"));
        string[] rights =
        [
            .. Regex.Match(page, @"set_permissions -p rfdetr worker (.*)").Groups[1].Value.Split(' ').Select(r => r.Trim('\'')),
        ];
        rights.Length.ShouldBe(3);
        await server.ControlAsync("add_vhost", "rfdetr");
        await server.ControlAsync("add_user", "limited", "secret");
        await server.ControlAsync(["set_permissions", "-p", "rfdetr", "limited", .. rights]);
        var address = BrokerAddress.Parse(server.Text("limited", "secret", "/rfdetr"));
        JobDefinition job = TestJobs.Of(2);
        await using (var publisher = new RabbitPublisher(address, s_options))
            (await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit())).ShouldBe(2);
        await using (var queue = new RabbitQueue(address, job, s_options))
        {
            RabbitLease lease = await FirstAsync(queue);
            await lease.GiveBackAsync();
        }

        await using (var queue = new RabbitQueue(address, job, s_options))
            await (await FirstAsync(queue)).RejectAsync();
        await using var dead = new RabbitDead(address, job, s_options);
        while (await dead.CountAsync(TestJobs.Limit()) == 0)
            await Task.Delay(50);
        await using var broker = new RabbitBroker(address, s_options);
        broker.Events(job).Report(Event(JobEventKind.Started, 1));
        await foreach (JobEvent one in RabbitEvents.ReadAsync(address, job.Name, fromBeginning: true, TestJobs.Limit()))
        {
            one.Kind.ShouldBe(JobEventKind.Started);
            break;
        }

        await using BrokerSession session = await BrokerSession.OpenAsync(address, "test", job.Name, TestJobs.Limit());
        Exception refused = await Should.ThrowAsync<Exception>(() => session.Channel.QueueDeclareAsync("other"));
        refused.Message.ShouldContain("ACCESS_REFUSED");

        await server.ControlAsync("set_permissions", "-p", "rfdetr", "limited", "^$", "^$", "^$");
        JobException line = await Should.ThrowAsync<JobException>(async () =>
        {
            await foreach (JobEvent one in RabbitEvents.ReadAsync(address, job.Name, fromBeginning: true, TestJobs.Limit()))
                one.ShouldBeNull();
        });
        line.Message.ShouldContain($"broker {address}: ");
        line.Message.ShouldContain("'rfdetr.events'");
        line.Message.ShouldNotContain("secret");
    }

    [SkippableFact]
    [Trait("Duration", "Long")]
    public async Task Events_of_a_broker_that_is_not_there_hold_up_nothing()
    {
        var address = BrokerAddress.Parse(rabbit.Server.Text(port: FreePort.Next()));
        var broker = new RabbitBroker(address, s_options);
        IProgress<JobEvent> events = broker.Events(TestJobs.Of(1));
        for (int i = 0; i < 10_000; i++)
            events.Report(Event(JobEventKind.Heartbeat, i));
        await broker.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(30));
    }

    [SkippableFact]
    public async Task Refusals_are_one_line_that_names_the_broker_and_not_the_password()
    {
        RabbitServer server = rabbit.Server;
        await RefusedAsync(server.Text(port: FreePort.Next()), "cannot be reached");
        await RefusedAsync(
            server.Text(password: "wrong-hush"), $"user '{RabbitServer.User}' was refused", "RFDETR_BROKER_PASSWORD");
        await RefusedAsync(server.Text(user: "nobody"), "user 'nobody' was refused");
        await RefusedAsync(server.Text(vhost: "/night"), "virtual host 'night' was refused", "add_vhost");
        string tls = server.Text(port: server.TlsPort).Replace("amqp:", "amqps:", StringComparison.Ordinal);
        await RefusedAsync(tls, "TLS failed", "cacertfile");
        await RefusedAsync(server.Text().Replace("amqp:", "amqps:", StringComparison.Ordinal), "TLS");
        await RefusedAsync(server.Text(port: server.TlsPort), "without TLS?");
        await RefusedAsync(
            server.Text().Replace("127.0.0.1", "no-such-host.invalid", StringComparison.Ordinal), "cannot be reached");
    }

    [SkippableFact]
    public async Task TLS_with_an_authority_of_ones_own_works_and_checks_the_name()
    {
        RabbitServer server = rabbit.Server;
        string tls = server.Text(port: server.TlsPort).Replace("amqp:", "amqps:", StringComparison.Ordinal)
            + "?cacertfile=" + Uri.EscapeDataString(server.AuthorityFile);
        await (await BrokerConnection.OpenAsync(BrokerAddress.Parse(tls), "test", TestJobs.Limit())).DisposeAsync();
        await RefusedAsync(tls.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), "TLS failed");
    }

    private static JobEvent Event(JobEventKind kind, int i) =>
        new(kind, "w", DateTimeOffset.UnixEpoch.AddSeconds(i), i, 0, 1.5, i);

    private static async Task RefusedAsync(string address, params string[] words)
    {
        JobException error = await Should.ThrowAsync<JobException>(
            () => BrokerConnection.OpenAsync(BrokerAddress.Parse(address), "test", TestJobs.Limit()));
        foreach (string word in words)
            error.Message.ShouldContain(word);
        error.Message.ShouldStartWith($"broker {BrokerAddress.Parse(address)}: ");
        error.Message.ShouldNotContain("\n");
        error.Message.ShouldNotContain("hush");
        error.Message.ShouldNotContain(RabbitServer.Password);
        error.Message.ShouldNotContain(Uri.EscapeDataString(RabbitServer.Password));
    }

    private static async Task<RabbitLease> FirstAsync(RabbitQueue queue)
    {
        // The enumerator is not disposed: that would give the shard's companions back.
        IAsyncEnumerator<IShardLease> leases = queue.LeasesAsync(TestJobs.Limit()).GetAsyncEnumerator();
        (await leases.MoveNextAsync()).ShouldBeTrue();
        return (RabbitLease)leases.Current;
    }

    private async Task<JobDefinition> PublishedAsync(int shards)
    {
        JobDefinition job = TestJobs.Of(shards);
        await using var publisher = new RabbitPublisher(rabbit.Server.Address, s_options);
        await publisher.PublishAsync(job, job.AllShards(), null, TestJobs.Limit());
        return job;
    }

    private async Task RejectAllAsync(JobDefinition job, int count)
    {
        await using var queue = new RabbitQueue(rabbit.Server.Address, job, s_options);
        await foreach (IShardLease lease in queue.LeasesAsync(TestJobs.Limit()))
        {
            await ((RabbitLease)lease).RejectAsync();
            if (--count == 0)
                break;
        }

        // The dead letter arrives a moment after the rejection.
        while (await DeadCountAsync(job) == 0)
            await Task.Delay(50);
        await Task.Delay(500);
    }

    private async Task<uint> WaitingAsync(JobDefinition job)
    {
        await using BrokerSession session =
            await BrokerSession.OpenAsync(rabbit.Server.Address, "test", job.Name, TestJobs.Limit());
        return await session.Channel.MessageCountAsync(BrokerTopology.Work(job.Name), TestJobs.Limit());
    }

    private async Task<long> DeadCountAsync(JobDefinition job)
    {
        await using var dead = new RabbitDead(rabbit.Server.Address, job, s_options);
        return await dead.CountAsync(TestJobs.Limit());
    }
}
